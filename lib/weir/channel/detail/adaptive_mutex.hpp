/// A mutex for a few instructions at a time.
#pragma once

#include <weir/core/detail/spin.hpp>

#include <atomic>

namespace weir::detail {

/// Spins for about as long as such a section takes, and sleeps only then: two threads that send and
/// receive item by item meet in it all the time, and putting one to sleep costs as much as some
/// hundred items (std::mutex: half as much time again an item, measured with four senders and one
/// receiver on two threads). Not fair and not recursive. Never hold it while user code runs.
class adaptive_mutex {
public:
    adaptive_mutex() = default;
    adaptive_mutex(const adaptive_mutex&) = delete;
    adaptive_mutex& operator=(const adaptive_mutex&) = delete;

    void lock() noexcept {
        if (!try_lock()) wait();
    }
    bool try_lock() noexcept {
        int expected = open;
        return state_.compare_exchange_strong(expected, held, std::memory_order_acquire,
                                              std::memory_order_relaxed);
    }
    void unlock() noexcept {
        if (state_.exchange(open, std::memory_order_release) == wanted) state_.notify_one();
    }

private:
    static constexpr int patience = 100;

    void wait() noexcept {
        const auto locked = [this] {
            return state_.load(std::memory_order_relaxed) == open && try_lock();
        };
        if (spin_until(locked, patience)) return;
        // A thread that locks here leaves `wanted` behind, perhaps without a sleeper. Then one
        // wake-up too many follows, never one too few.
        while (state_.exchange(wanted, std::memory_order_acquire) != open) {
            state_.wait(wanted, std::memory_order_relaxed);
        }
    }

    // What `state_` says:
    //   open    not locked.
    //   held    locked; no thread sleeps.
    //   wanted  locked; a thread may sleep: unlocking wakes one.
    // Acquired when it leaves open, released when it returns there.
    static constexpr int open = 0;
    static constexpr int held = 1;
    static constexpr int wanted = 2;
    std::atomic<int> state_{open};
};

}  // namespace weir::detail
