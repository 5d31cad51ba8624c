/// The waiters at one end of a shared channel, in their order.
#pragma once

#include <weir/channel/detail/waiter_list.hpp>
#include <weir/core/waker.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace weir::detail {

/// Wakers on their way out of a lock: they are woken, and released, when this is destroyed.
/// Declare it before the lock is taken, so that it goes after the lock is free.
class wake_later {
public:
    wake_later() = default;
    wake_later(const wake_later&) = delete;
    wake_later& operator=(const wake_later&) = delete;
    ~wake_later() {
        for (std::size_t i = 0; i < count_; ++i) woken_[i]->wake();
    }

    bool full() const noexcept { return count_ == woken_.size(); }
    /// Precondition: not full.
    void wake(waker target) noexcept { woken_[count_++] = std::move(target); }
    /// Only releases it. At most one.
    void drop(waker target) noexcept { dropped_ = std::move(target); }

private:
    std::array<waker, 4> woken_;
    waker dropped_;
    std::size_t count_ = 0;
};

/// A place in a line, and what it waits for.
class waiter : public waiter_node {
public:
    /// How much room its owner needs, where it waits for room.
    std::size_t wants = 1;

private:
    friend class wait_queue;
    bool waits_ = false;  // in the line, or woken and not back yet
};

/// A `waiter_list` that knows which waiters were woken and have not come back yet. A waiter that
/// comes back in vain is first again, so an early wake-up does not cost it its position. Guarded by
/// its owner's mutex, as the list is.
class wait_queue {
public:
    /// True when no waiter is left to be woken.
    bool empty() const noexcept { return list_.empty(); }
    /// How many were woken and have not come back.
    std::size_t woken() const noexcept { return woken_; }
    /// True when there is a waiter, woken or not.
    bool anyone() const noexcept { return woken_ != 0 || !list_.empty(); }
    /// True when `place` was woken and has not come back.
    bool woken(const waiter& waiting) const noexcept {
        return waiting.waits_ && !waiting.in_list();
    }
    /// The first to be woken. Precondition: not empty.
    const waiter& first() noexcept { return static_cast<waiter&>(list_.first()); }

    /// Makes `target` wait at `waiting`: where it was, or at the end of the queue.
    void wait(waiter& waiting, wakeable& target, wake_later& later) noexcept {
        if (woken(waiting)) {
            --woken_;
            later.drop(list_.add_first(waiting, target));
        } else {
            waiting.waits_ = true;
            later.drop(list_.add(waiting, target));
        }
    }
    /// `place` waits no more: it has what it waited for, or has given up.
    void leave(waiter& waiting, wake_later& later) noexcept {
        if (!waiting.waits_) return;
        if (woken(waiting)) --woken_;
        waiting.waits_ = false;
        later.drop(waiter_list::remove(waiting));
    }
    /// Wakes the first. Precondition: not empty, and `later` not full.
    void wake_first(wake_later& later) noexcept {
        ++woken_;
        later.wake(list_.take_first());
    }

private:
    waiter_list list_;
    std::size_t woken_ = 0;
};

}  // namespace weir::detail
