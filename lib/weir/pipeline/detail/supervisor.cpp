#include <weir/pipeline/detail/supervisor.hpp>
#include <weir/runtime/saturating.hpp>

#include <algorithm>
#include <stdexcept>

namespace weir::detail {

namespace {

std::exception_ptr aborted() {
    return std::make_exception_ptr(asio::system_error(asio::error::operation_aborted));
}

const ticket no_ticket;

}  // namespace

counted_ptr<supervisor> supervisor::make(const asio::any_io_executor& executor,
                                         std::shared_ptr<pipeline_parts> parts) {
    auto made = counted_ptr<supervisor>::adopt(new supervisor(executor, std::move(parts)));
    made->enlist();
    return made;
}

supervisor::supervisor(const asio::any_io_executor& executor, std::shared_ptr<pipeline_parts> parts)
    : segment(make_segment_executor(executor)), parts_(std::move(parts)), home_(executor) {}

// --- from any thread ---

asio::any_io_executor supervisor::home() {
    const std::lock_guard lock(mutex_);
    return home_;
}

void supervisor::add(std::string name, std::unique_ptr<segment_task> task) {
    member fresh;
    fresh.name = std::move(name);
    fresh.task = std::move(task);
    add(std::move(fresh));
}

void supervisor::add(std::string name, restart policy, factory make) {
    member fresh;
    fresh.name = std::move(name);
    fresh.again = std::make_unique<revival>(std::move(policy), std::move(make));
    add(std::move(fresh));
}

void supervisor::add(member fresh) {
    const auto where = "weir::pipeline '" + *parts_->name() + "': ";
    if (fresh.name.empty()) throw std::invalid_argument(where + "a segment needs a name");
    const std::lock_guard lock(mutex_);
    if (asked_to_run_) {
        throw std::logic_error(where + "segment '" + fresh.name +
                               "' comes too late: it has been run");
    }
    const auto same = [&](const member& m) { return m.name == fresh.name; };
    if (std::any_of(members_.begin(), members_.end(), same)) {
        throw std::invalid_argument(where + "there is a segment '" + fresh.name + "' already");
    }
    parts_->add_segment(fresh.name);
    members_.push_back(std::move(fresh));
}

void supervisor::on_failure(failure_listener told) {
    const std::lock_guard lock(mutex_);
    if (asked_to_run_) {
        throw std::logic_error("weir::pipeline '" + *parts_->name() +
                               "': on_failure comes too late: it has been run");
    }
    on_failure_ = std::move(told);
}

void supervisor::begin(std::unique_ptr<waiting_for<std::monostate>> waiter) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = !std::exchange(asked_to_run_, true);
        if (first) requests_.run.swap(waiter);
    }
    if (first) return wake();
    const auto what = "weir::pipeline '" + *parts_->name() + "': it runs once, and has been run";
    waiter->settle(std::make_exception_ptr(std::logic_error(what)), {});
}

void supervisor::begin_drain(clock::duration deadline,
                             std::unique_ptr<waiting_for<drain_report>> waiter) {
    {
        const std::lock_guard lock(mutex_);
        if (over_) return waiter->settle(nullptr, last_report_);
        auto& asked = requests_.deadline;
        asked = asked ? std::min(*asked, deadline) : deadline;
        requests_.drains.push_back(std::move(waiter));
    }
    wake();
}

void supervisor::leave_drain(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        if (over_) return;
        requests_.left.push_back(number);
    }
    wake();
}

void supervisor::drain_on_signals(clock::duration deadline) {
    {
        const std::lock_guard lock(mutex_);
        if (over_) return;
        if (std::exchange(catches_signals_, true)) {
            requests_.signal_deadline = deadline;
        } else {
            // Created here, so signals are caught from now on, even before the pipeline runs.
            requests_.signals = std::make_unique<stop_signals>(home_, deadline);
        }
    }
    wake();
}

void supervisor::detach() noexcept {
    {
        const std::lock_guard lock(mutex_);
        requests_.detached = true;
    }
    cancel();
}

// --- on the strand ---

bool supervisor::advance() noexcept {
    poll_context cx(*this, executor(), no_ticket, budget());
    accept_requests();
    if (phase_ == phase::over) return detached_;
    if (phase_ == phase::ready && run_) start_all();
    if (phase_ == phase::ready) {
        for (auto& waiter : std::exchange(drains_, {})) {
            waiter->settle(nullptr, drain_report{drain_outcome::not_running, {}, parts_->graph()});
        }
        return detached_;
    }
    note_ended();
    if (cancelled()) cancel_all();
    keep_deadline(cx);
    revive(cx);
    if (!all_over()) return false;
    finish();
    return detached_;  // it stays registered until it is detached
}

void supervisor::accept_requests() {
    requests asked;
    {
        const std::lock_guard lock(mutex_);
        asked = std::exchange(requests_, requests());
    }
    if (asked.run) run_ = std::move(asked.run);
    std::move(asked.drains.begin(), asked.drains.end(), std::back_inserter(drains_));
    detached_ = detached_ || asked.detached;
    if (!asked.left.empty()) tell_those_who_left(asked.left);
    if (phase_ == phase::over) return;
    accept_signals(asked);
    if (asked.deadline) accept_deadline(*asked.deadline);
}

void supervisor::accept_signals(requests& asked) {
    if (asked.signals) {
        signals_ = std::move(asked.signals);
        if (phase_ == phase::running) wait_for_signals();
    }
    if (!asked.signal_deadline || !signals_) return;
    signals_->deadline = *asked.signal_deadline;
    if (signals_->seen) accept_deadline(*asked.signal_deadline);
}

void supervisor::accept_deadline(clock::duration deadline) {
    draining_ = true;
    parts_->shut_sources();
    if (phase_ == phase::ready) {
        time_to_drain_ = std::min(time_to_drain_.value_or(deadline), deadline);
    } else {
        const auto until = deadline_after(clock_of(executor()).now(), deadline);
        deadline_ = std::min(deadline_.value_or(until), until);
    }
}

void supervisor::tell_those_who_left(const std::vector<std::uint64_t>& left) {
    for (const std::uint64_t number : left) {
        const auto same = [number](const auto& waiter) { return waiter->number == number; };
        const auto found = std::find_if(drains_.begin(), drains_.end(), same);
        if (found == drains_.end()) continue;
        (*found)->settle(aborted(), {});
        drains_.erase(found);
    }
}

void supervisor::start_all() {
    phase_ = phase::running;
    work_.emplace(executor());
    if (signals_) wait_for_signals();
    if (time_to_drain_) deadline_ = deadline_after(clock_of(executor()).now(), *time_to_drain_);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (cancelled()) {
            members_[i].over = members_[i].aborted = true;
        } else {
            start(i);
        }
    }
}

void supervisor::start(std::size_t index) {
    member& m = members_[index];
    auto tell = [self = counted_ptr<supervisor>::share(this), index](std::exception_ptr error) {
        self->ended_.push_back(ended{index, std::move(error)});
        self->wake();
    };
    std::exception_ptr error;
    try {
        if (m.again) {
            const pipeline_parts::building here(*parts_, m.name);
            ++m.again->attempts;
            m.again->started = clock_of(executor()).now();
            m.task = m.again->make();
        }
        m.task->start(home(), task_done(executor(), tell));
    } catch (...) {
        error = std::current_exception();
    }
    if (error) tell(std::move(error));
}

void supervisor::note_ended() {
    for (ended& e : std::exchange(ended_, {})) {
        members_[e.member].task.reset();
        members_[e.member].over = true;
        if (e.error) note_failure(e.member, std::move(e.error));
    }
}

void supervisor::note_failure(std::size_t index, std::exception_ptr error) {
    member& m = members_[index];
    // A failure that results from our own cancellation does not count. (A segment also fails this
    // way if a cancelled segment closed its channel.)
    if (cancelling_ && is_cancellation(error)) {
        m.aborted = true;
        return;
    }
    if (m.again && !cancelling_ && try_again(index, error)) return;
    if (!failure_) {
        failure_ = segment_name(parts_->name(), m.name).put_on(std::move(error));
        if (on_failure_) on_failure_(failure_);
    }
    cancel_all();
}

/// Restarts the segment, now or later. Returns false when there are no further attempts; `error`
/// then says why.
bool supervisor::try_again(std::size_t index, std::exception_ptr& error) {
    member& m = members_[index];
    revival& again = *m.again;
    const segment_name name(parts_->name(), m.name);
    if (name.is_of_another(error)) return false;  // that segment's failure caused it
    if (clock_of(executor()).now() - again.started >= again.policy.well) {
        again.attempts = 1;
        again.waits.reset();
    }
    const bool may = draining_ ? !again.last : again.attempts < again.policy.max_attempts;
    if (!may) {
        const auto n = std::to_string(again.attempts);
        const auto remark = "given up after " + n + (n == "1" ? " attempt: " : " attempts: ");
        error = name.put_on(std::move(error), remark);
        return false;
    }
    try {
        rest(m, name.put_on(error));
        return true;
    } catch (...) {
        error = std::current_exception();
        return false;
    }
}

/// Leaves the segment alone until its next attempt is due. During a drain the attempt is immediate,
/// and the last one: its sources end before they begin, so downstream sees a regular end.
void supervisor::rest(member& m, const std::exception_ptr& error) {
    revival& again = *m.again;
    const auto wait = draining_ ? clock::duration::zero() : again.waits.next();
    parts_->count_restart(m.name);
    if (again.policy.on_failure) {
        again.policy.on_failure(restart_notice{m.name, again.attempts, wait, error});
    }
    again.last = draining_;
    again.due = deadline_after(clock_of(executor()).now(), wait);
    m.over = false;
}

void supervisor::revive(poll_context& cx) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
        member& m = members_[i];
        if (m.over || m.task) continue;
        revival& again = *m.again;
        if (!again.alarm_at_due) again.alarm_at_due.emplace();
        if (draining_) again.last = true;
        if (!draining_ && !again.alarm_at_due->reached(cx, again.due)) continue;
        again.alarm_at_due.reset();  // it refers to its sleeper, which is this supervisor
        start(i);
    }
}

void supervisor::wait_for_signals() {
    auto on_signal = [self = counted_ptr<supervisor>::share(this)](const asio::error_code& error,
                                                                   int) {
        if (error || !self->signals_) return;
        if (std::exchange(self->signals_->seen, true)) return self->cancel();
        {
            const std::lock_guard lock(self->mutex_);
            auto& asked = self->requests_.deadline;
            asked = asked ? std::min(*asked, self->signals_->deadline) : self->signals_->deadline;
        }
        self->wake();
        self->wait_for_signals();
    };
    signals_->set.async_wait(asio::bind_executor(executor(), std::move(on_signal)));
}

void supervisor::keep_deadline(poll_context& cx) {
    if (!deadline_ || late_ || all_over()) return;
    if (!alarm_) alarm_.emplace();
    late_ = alarm_->reached(cx, *deadline_);
    if (late_) cancel_all();
}

void supervisor::cancel_all() {
    if (std::exchange(cancelling_, true)) return;
    for (member& m : members_) {
        if (m.over) continue;
        if (m.task) {
            m.task->cancel();
        } else {
            m.over = m.aborted = true;  // it waited for its next attempt
        }
    }
}

bool supervisor::all_over() const {
    return std::all_of(members_.begin(), members_.end(), [](const member& m) { return m.over; });
}

void supervisor::finish() {
    phase_ = phase::over;
    alarm_.reset();  // it refers to its sleeper, which is this supervisor
    signals_.reset();
    for (member& m : members_) m.again.reset();
    const drain_report last = report();
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
        last_report_ = last;
        auto& late = requests_.drains;
        std::move(late.begin(), late.end(), std::back_inserter(drains_));
        late.clear();
    }
    for (auto& waiter : drains_) waiter->settle(nullptr, last);
    run_->settle(result(last), {});
    let_go_of_segments();
}

drain_report supervisor::report() const {
    drain_report r{drain_outcome::drained, {}, parts_->graph()};
    for (const member& m : members_) {
        if (!m.aborted) continue;
        r.outcome = late_ ? drain_outcome::cut_off : drain_outcome::cancelled;
        if (late_) r.cut_off.push_back(m.name);
    }
    if (failure_) r.outcome = drain_outcome::failed;
    return r;
}

std::exception_ptr supervisor::result(const drain_report& last) const {
    if (failure_) return failure_;
    if (last.outcome == drain_outcome::drained) return nullptr;
    if (last.outcome == drain_outcome::cancelled) return aborted();
    std::string why = "cut off at the deadline of its drain:";
    for (const std::string& name : last.cut_off) why.append(" segment '").append(name).append("'");
    auto cause = std::make_exception_ptr(asio::system_error(asio::error::timed_out));
    return std::make_exception_ptr(pipeline_error(parts_->name(), {}, why, std::move(cause)));
}

void supervisor::let_go_of_segments() noexcept {
    on_failure_ = nullptr;
    members_.clear();
    ended_.clear();
    alarm_.reset();
    signals_.reset();
    drains_.clear();
    work_.reset();
    run_.reset();  // last, because this completes the pipeline
}

void supervisor::release_resources() noexcept {
    asio::any_io_executor home;
    requests left;
    {
        const std::lock_guard lock(mutex_);
        asked_to_run_ = over_ = true;
        home.swap(home_);
        left = std::exchange(requests_, requests());
    }
    let_go_of_segments();
}

}  // namespace weir::detail
