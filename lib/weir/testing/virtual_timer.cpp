#include <weir/core/waker.hpp>
#include <weir/runtime/saturating.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <list>
#include <mutex>
#include <unordered_set>
#include <vector>

namespace weir::testing {

/// One timer. The clock wakes it from any thread; all else is called by the timer's user.
class detail::virtual_waits::state : public std::enable_shared_from_this<state> {
public:
    using waiters = std::list<std::pair<std::uint64_t, std::unique_ptr<waiter>>>;

    explicit state(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    clock& time() const { return clock_of(executor_); }
    service& home() const;

    clock::time_point expiry() const {
        const std::lock_guard lock(mutex_);
        return expiry_;
    }

    /// Sets a new expiry. The waiters are returned, so that the caller completes them.
    waiters expires_at(clock::time_point t) {
        std::unique_ptr<clock::appointment> old;  // released outside the lock
        const std::lock_guard lock(mutex_);
        expiry_ = t;
        old = std::move(appointment_);
        return std::exchange(waiters_, {});
    }

    std::uint64_t add(std::unique_ptr<waiter> w) {
        std::uint64_t id = 0;
        bool arranged = false;
        clock::time_point expiry;
        {
            const std::lock_guard lock(mutex_);
            id = ++last_id_;
            arranged = !waiters_.empty();
            expiry = expiry_;
            waiters_.emplace_back(id, std::move(w));
        }
        if (arranged) return id;
        auto rings = waker::adopt(new bell(weak_from_this()));
        auto made = time().wake_at(expiry, executor_, std::move(rings));  // may ring at once
        const std::lock_guard lock(mutex_);
        appointment_.swap(made);
        return id;
    }

    /// The oldest `most` waiters.
    waiters take(std::size_t most) {
        return take_if([left = most](std::uint64_t) mutable {
            if (left == 0) return false;
            --left;
            return true;
        });
    }
    waiters take_one(std::uint64_t id) {
        return take_if([id](std::uint64_t other) { return other == id; });
    }

    /// Called by the clock. Checks the time, because the expiry may have changed meanwhile.
    void ring() {
        if (time().now() >= expiry()) tell(take(std::size_t(-1)), {});
    }

    static std::size_t tell(waiters all, asio::error_code error) {
        for (auto& one : all) one.second->complete(error);
        return all.size();
    }

private:
    template <class Wanted>
    waiters take_if(Wanted wanted) {
        std::unique_ptr<clock::appointment> unwanted;  // released outside the lock
        const std::lock_guard lock(mutex_);
        waiters taken;
        for (auto it = waiters_.begin(); it != waiters_.end();) {
            const auto here = it++;
            if (wanted(here->first)) taken.splice(taken.end(), waiters_, here);
        }
        if (waiters_.empty()) unwanted = std::move(appointment_);
        return taken;
    }

    struct bell final : wakeable {
        explicit bell(std::weak_ptr<state> s) : timer(std::move(s)) {}
        void wake() noexcept override {
            if (auto s = timer.lock()) s->ring();
        }
        std::weak_ptr<state> timer;
    };

    const asio::any_io_executor executor_;
    mutable std::mutex mutex_;
    clock::time_point expiry_{};
    std::uint64_t last_id_ = 0;
    waiters waiters_;
    std::unique_ptr<clock::appointment> appointment_;
};

/// Knows the timers of a context. A waiting handler may own its timer; the service breaks such a
/// cycle when the context is destroyed.
class detail::virtual_waits::service final : public asio::execution_context::service {
public:
    static asio::execution_context::id id;

    explicit service(asio::execution_context& owner) : asio::execution_context::service(owner) {}

    void add(state* s) {
        const std::lock_guard lock(mutex_);
        states_.insert(s);
    }
    void remove(state* s) {
        const std::lock_guard lock(mutex_);
        states_.erase(s);
    }

private:
    void shutdown() noexcept override {
        std::vector<state::waiters> dropped;  // destroyed without the lock: they may own timers
        const std::lock_guard lock(mutex_);
        dropped.reserve(states_.size());
        for (state* s : states_) dropped.push_back(s->take(std::size_t(-1)));
    }

    std::mutex mutex_;
    std::unordered_set<state*> states_;
};

asio::execution_context::id detail::virtual_waits::service::id;

detail::virtual_waits::service& detail::virtual_waits::state::home() const {
    return asio::use_service<service>(asio::query(executor_, asio::execution::context));
}

detail::virtual_waits::virtual_waits(asio::any_io_executor executor)
    : state_(std::make_shared<state>(std::move(executor))) {
    state_->home().add(state_.get());
}

detail::virtual_waits& detail::virtual_waits::operator=(detail::virtual_waits&& other) noexcept {
    std::swap(state_, other.state_);  // the other timer cancels our old waits when it is destroyed
    return *this;
}

detail::virtual_waits::~virtual_waits() {
    if (!state_) return;
    cancel();
    state_->home().remove(state_.get());
}

clock::time_point detail::virtual_waits::expiry() const {
    return state_->expiry();
}

std::size_t detail::virtual_waits::expires_at(clock::time_point t) {
    return state::tell(state_->expires_at(t), asio::error::operation_aborted);
}

std::size_t detail::virtual_waits::expires_after(clock::duration d) {
    return expires_at(deadline_after(state_->time().now(), d));
}

std::size_t detail::virtual_waits::cancel(std::size_t most) {
    return state::tell(state_->take(most), asio::error::operation_aborted);
}

std::uint64_t detail::virtual_waits::add(std::unique_ptr<waiter> w) {
    return state_->add(std::move(w));
}

void detail::virtual_waits::cancel_one(state& s, std::uint64_t id) {
    state::tell(s.take_one(id), asio::error::operation_aborted);
}

}  // namespace weir::testing
