#include <weir/pipeline/supervisor.hpp>

#include <algorithm>
#include <stdexcept>

namespace weir {

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
    const auto where = "weir::pipeline '" + *parts_->name() + "': ";
    if (name.empty()) throw std::invalid_argument(where + "a segment needs a name");
    const std::lock_guard lock(mutex_);
    if (asked_to_run_) {
        throw std::logic_error(where + "segment '" + name + "' comes too late: it has been run");
    }
    const auto same = [&](const member& m) { return m.name == name; };
    if (std::any_of(members_.begin(), members_.end(), same)) {
        throw std::invalid_argument(where + "there is a segment '" + name + "' already");
    }
    parts_->add_segment(name);
    members_.push_back(member{std::move(name), std::move(task)});
}

void supervisor::begin(std::unique_ptr<waiting_for<std::monostate>> waiter) {
    {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(asked_to_run_, true)) requests_.run = std::move(waiter);
    }
    if (!waiter) return wake();
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
    if (all_over()) finish();
    return phase_ == phase::over;
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
    if (!asked.deadline) return;
    parts_->shut_sources();
    if (phase_ == phase::ready) {
        time_to_drain_ = std::min(time_to_drain_.value_or(*asked.deadline), *asked.deadline);
    } else {
        const auto until = clock_of(executor()).now() + *asked.deadline;
        deadline_ = std::min(deadline_.value_or(until), until);
    }
}

void supervisor::start_all() {
    phase_ = phase::running;
    work_.emplace(executor());
    if (time_to_drain_) deadline_ = clock_of(executor()).now() + *time_to_drain_;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (cancelled()) {
            members_[i].over = members_[i].aborted = true;
        } else {
            start(i);
        }
    }
}

void supervisor::start(std::size_t index) {
    auto tell = [self = counted_ptr<supervisor>::share(this), index](std::exception_ptr error) {
        self->ended_.push_back(ended{index, std::move(error)});
        self->wake();
    };
    members_[index].task->start(home(), task_done(executor(), std::move(tell)));
}

void supervisor::note_ended() {
    for (ended& e : std::exchange(ended_, {})) {
        member& m = members_[e.member];
        m.task.reset();
        m.over = true;
        if (e.error) note_failure(m, std::move(e.error));
    }
}

void supervisor::note_failure(member& m, std::exception_ptr error) {
    // What follows from our own cancellation is no failure. (A segment whose channel was closed by
    // one that was cancelled fails so, too.)
    if (cancelling_ && is_cancellation(error)) {
        m.aborted = true;
        return;
    }
    if (!failure_) failure_ = segment_name(parts_->name(), m.name).put_on(std::move(error));
    cancel_all();
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
        if (!m.over) m.task->cancel();
    }
}

bool supervisor::all_over() const {
    return std::all_of(members_.begin(), members_.end(), [](const member& m) { return m.over; });
}

void supervisor::finish() {
    phase_ = phase::over;
    // An alarm holds its sleeper, which is us.
    alarm_.reset();
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

void supervisor::let_go() noexcept {
    members_.clear();
    ended_.clear();
    alarm_.reset();
    asio::any_io_executor home;
    requests left;
    {
        const std::lock_guard lock(mutex_);
        asked_to_run_ = over_ = true;
        home.swap(home_);
        left = std::exchange(requests_, requests());
    }
    drains_.clear();
    work_.reset();
    run_.reset();  // last: it completes the pipeline
}

}  // namespace weir
