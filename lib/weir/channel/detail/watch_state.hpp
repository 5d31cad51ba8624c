/// What the two ends of a watch share: the value, its version, and the waiters for the next one.
#pragma once

#include <weir/channel/detail/waiter_list.hpp>
#include <weir/core/poll.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// What senders and receivers share. Use `watch<T>(initial)`.
///
/// A lock, not a sequence counter around the value: a value that is copied while it is written is
/// a data race for any type with a pointer in it. The lock is held for one copy or move of T, and
/// receivers take it only when the version has changed.
template <class T>
class watch_state {
    static_assert(
        std::copy_constructible<T> && std::movable<T>,
        "weir::watch: each receiver gets a copy of the value; use a std::shared_ptr<const "
        "T> for what cannot be copied");

public:
    using version_type = std::uint64_t;

    explicit watch_state(T initial) : value_(std::move(initial)) {}

    // --- the senders' side ---

    bool send(T value) {
        std::unique_lock lock(mutex_);
        if (closed_) return false;
        using std::swap;
        swap(value_, value);  // the old one is destroyed outside the lock
        publish(lock);
        return true;
    }
    template <class F>
    bool modify(F& f) {
        std::unique_lock lock(mutex_);
        if (closed_) return false;
        if constexpr (std::same_as<std::invoke_result_t<F&, T&>, bool>) {
            if (!f(value_)) return true;
        } else {
            f(value_);
        }
        publish(lock);
        return true;
    }
    void close(std::exception_ptr error) noexcept {
        std::unique_lock lock(mutex_);
        close(lock, std::move(error));
    }
    void add_sender() noexcept {
        const std::lock_guard lock(mutex_);
        ++senders_;
    }
    void sender_closed() noexcept {
        std::unique_lock lock(mutex_);
        if (--senders_ == 0) close(lock, nullptr);
    }
    std::size_t receivers() const noexcept {
        const std::lock_guard lock(mutex_);
        return receivers_;
    }

    // --- a receiver's side ---

    /// Relaxed: that it changed is all it says; the value that belongs to it is read under the
    /// lock. A send that happens before this load is seen by it all the same, as every store to
    /// one atomic is.
    version_type version() const noexcept { return version_.load(std::memory_order_relaxed); }

    /// A copy of the latest value, whose version goes to `seen`.
    T read(version_type& seen) const {
        const std::lock_guard lock(mutex_);
        T value = value_;
        seen = version();
        return value;
    }
    /// True when there is a newer value than `seen`, false at the end, which may throw; nothing,
    /// and the poller is woken from `place`, when it must wait.
    std::optional<bool> poll_changed(poll_context& cx, version_type seen, waiter_node& waiting) {
        if (version() != seen) return true;
        waker replaced;  // released after the lock
        const std::lock_guard lock(mutex_);
        if (version() != seen) return true;
        if (closed_) {
            if (error_) std::rethrow_exception(error_);
            return false;
        }
        replaced = waiting_.add(waiting, cx.poller());
        return std::nullopt;
    }
    void stop_waiting(waiter_node& waiting) noexcept {
        waker left;
        const std::lock_guard lock(mutex_);
        left = waiter_list::remove(waiting);
    }
    void add_receiver() noexcept {
        const std::lock_guard lock(mutex_);
        ++receivers_;
    }
    void receiver_closed(waiter_node& waiting) noexcept {
        waker left;
        const std::lock_guard lock(mutex_);
        left = waiter_list::remove(waiting);
        --receivers_;
    }

private:
    void publish(std::unique_lock<std::mutex>& lock) noexcept {
        version_.store(version() + 1, std::memory_order_relaxed);
        waiting_.wake_all(lock);
    }
    void close(std::unique_lock<std::mutex>& lock, std::exception_ptr error) noexcept {
        if (std::exchange(closed_, true)) return;
        error_ = std::move(error);
        waiting_.wake_all(lock);
    }

    std::atomic<version_type> version_{1};  // of value_; written under the lock. 0: none seen yet
    mutable std::mutex mutex_;              // guards all below, and the receivers' places
    T value_;
    waiter_list waiting_;
    std::exception_ptr error_;
    std::size_t senders_ = 0;
    std::size_t receivers_ = 0;
    bool closed_ = false;
};

}  // namespace weir::detail
