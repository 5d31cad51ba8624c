/// The waiters for one thing, in the order of their arrival.
#pragma once

#include <weir/core/waker.hpp>

#include <mutex>
#include <utility>

namespace weir::detail {

/// One party's place in a `waiter_list`. Stays where it is while it is in a list, and must be out
/// of it (`waiter_list::remove`) before it is destroyed.
class waiter_node {
public:
    waiter_node() = default;
    waiter_node(const waiter_node&) = delete;
    waiter_node& operator=(const waiter_node&) = delete;

    /// True from `add` until it is removed or taken.
    bool in_list() const noexcept { return after_ != this; }

private:
    friend class waiter_list;

    waiter_node* before_ = this;  // itself: in no list
    waiter_node* after_ = this;
    waker waker_;
};

/// An intrusive list of wakers, first come first served; it allocates nothing.
///
/// Thread-safety: none of its own. Its owner's mutex guards the list and all nodes that are ever
/// in it. Wakers that leave are handed out, so that they are woken and released when that mutex
/// is free: the last reference to a segment takes a whole pipeline with it, and with that perhaps
/// the very channel.
class waiter_list {
public:
    waiter_list() = default;
    waiter_list(const waiter_list&) = delete;
    waiter_list& operator=(const waiter_list&) = delete;

    bool empty() const noexcept { return ends_.after_ == &ends_; }

    /// Registers `target` to be woken: at the end, or where `node` is already. Returns the waker it
    /// replaces.
    [[nodiscard]] waker add(waiter_node& node, wakeable& target) noexcept {
        if (!node.in_list()) insert(node, ends_);
        return std::exchange(node.waker_, waker::share(&target));
    }
    /// The same, but before all others if it is not there yet.
    [[nodiscard]] waker add_first(waiter_node& node, wakeable& target) noexcept {
        if (!node.in_list()) insert(node, *ends_.after_);
        return std::exchange(node.waker_, waker::share(&target));
    }
    /// The waiter that has waited longest. Precondition: not empty.
    waiter_node& first() noexcept { return *ends_.after_; }

    /// Takes `node` out of whichever list it is in, if any. Returns its waker.
    [[nodiscard]] static waker remove(waiter_node& node) noexcept {
        node.before_->after_ = node.after_;
        node.after_->before_ = node.before_;
        node.before_ = node.after_ = &node;
        return std::exchange(node.waker_, waker());
    }

    /// Removes and returns the waker that has waited longest; null when the list is empty.
    [[nodiscard]] waker take_first() noexcept { return empty() ? waker() : remove(*ends_.after_); }

    /// Wakes all present waiters, each outside the lock, which is held before and after. Waiters
    /// that arrive meanwhile are not woken; waiters that leave meanwhile may or may not be.
    void wake_all(std::unique_lock<std::mutex>& lock) noexcept {
        if (empty()) return;
        waiter_list woken;
        woken.take_over(*this);
        while (waker next = woken.take_first()) {
            lock.unlock();
            next->wake();
            next.reset();
            lock.lock();
        }
    }

private:
    static void insert(waiter_node& node, waiter_node& next) noexcept {
        node.before_ = next.before_;
        node.after_ = &next;
        next.before_->after_ = &node;
        next.before_ = &node;
    }
    // Not inlined, as GCC 12 then warns of dangling pointers: it does not see that the list of
    // `wake_all` is empty when it goes.
    [[gnu::noinline]] void take_over(waiter_list& other) noexcept {
        ends_.before_ = std::exchange(other.ends_.before_, &other.ends_);
        ends_.after_ = std::exchange(other.ends_.after_, &other.ends_);
        ends_.before_->after_ = &ends_;
        ends_.after_->before_ = &ends_;
    }

    waiter_node ends_;  // before the first and after the last
};

}  // namespace weir::detail
