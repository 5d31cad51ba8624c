/// How a plain thread waits for what streams wait for.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace weir::detail {

/// A wakeable that stands for a thread: waking it ends the thread's `park()`.
class parker final : public wakeable {
public:
    void wake() noexcept override {
        // Notified under the lock: the thread that parks may be gone as soon as it can see
        // `woken_`.
        const std::lock_guard lock(mutex_);
        woken_ = true;
        changed_.notify_one();
    }

    /// Blocks until it is woken, or has been since the last `park()`.
    void park() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return woken_; });
        woken_ = false;
    }
    /// The same, until `deadline` at most; `time_point::max()` never comes. False when that came
    /// first.
    bool park_until(std::chrono::steady_clock::time_point deadline) {
        // Not by the system's clock, which some libraries convert the deadline to: it overflows.
        if (deadline == std::chrono::steady_clock::time_point::max()) {
            park();
            return true;
        }
        std::unique_lock lock(mutex_);
        const bool in_time = changed_.wait_until(lock, deadline, [this] { return woken_; });
        woken_ = false;
        return in_time;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
};

/// The calling thread's parker, made with its first use.
parker& this_thread_parker();

/// Blocks the calling thread until `poll(cx)` says true, or `deadline` has passed (then: false).
/// `poll` is given this thread as its poller; what it polls must need no executor (a channel does
/// not). Must not be called where tasks run: it would wait for what it keeps from running.
template <class Poll>
bool block_until(Poll poll, std::optional<std::chrono::steady_clock::time_point> deadline = {}) {
    parker& self = this_thread_parker();
    const asio::any_io_executor nowhere;
    const ticket no_ticket;
    for (;;) {
        poll_context cx(self, nowhere, no_ticket, poll_budget());
        const poll_context::single_items one(cx);
        if (poll(cx)) return true;
        if (!deadline) {
            self.park();
        } else if (!self.park_until(*deadline)) {
            return false;
        }
    }
}

}  // namespace weir::detail
