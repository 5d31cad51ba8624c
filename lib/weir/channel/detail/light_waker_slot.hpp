/// A waker slot whose notifier pays no fence as long as there is no waiter.
#pragma once

#include <weir/core/detail/asymmetric_fence.hpp>
#include <weir/core/detail/spin.hpp>
#include <weir/core/waker.hpp>

#include <atomic>
#include <cstdint>

namespace weir::detail {

/// A `waker_slot` for a condition that is made true again and again: an index that grows with each
/// item. There the sequentially consistent store that the protocol asks for costs more than all the
/// rest, as it waits for the cache lines that the item itself has just missed.
///
/// So the notifier makes its condition true by `notify`. When there was no waiter for long, the
/// slot is quiet and the store is a light one. A side that then begins to wait runs a heavy fence
/// (asymmetric_fence.hpp). Heavy fences are few: each ends the quiet, which has to be earned again.
/// Stores that are always sequentially consistent, with a wake-up after each, may be mixed in.
///
/// Thread-safety: `notify`, `quiet` and the wakes belong to one notifier at a time, the others to
/// one waiter. All else is as with `waker_slot`.
class light_waker_slot {
public:
    /// Before arming: where the notifier is quick, what is waited for is likely to come within the
    /// time that a heavy fence would take. True when it did.
    template <class Ready>
    bool comes_at_once(Ready ready) const noexcept {
        return quiet_.load(std::memory_order_relaxed) && spin_until(ready, patience);
    }
    /// Leaves `waiter` to be woken once; look at the condition again after it.
    void arm(wakeable& waiter) noexcept {
        slot_.arm(waiter);
        // If this load comes before the notifier's `quiet_.store(true)` then so does the arming,
        // and all its later looks at the slot see that. If it comes after `store(false)` then this
        // thread sees all that was stored lightly before.
        if (quiet_.load()) heavy_fence();
    }
    void disarm() noexcept { slot_.disarm(); }
    /// Wakes the waiter from its own side: it will find something there.
    void wake_self() noexcept { slot_.wake(); }

    /// Makes the condition true by `store(order)`, and wakes the waiter.
    template <class Store>
    void notify(Store store) noexcept {
        if (quiet()) {
            store(std::memory_order_release);
            light_fence();
        } else {
            store(std::memory_order_seq_cst);
        }
        wake();
    }
    /// True when the next store may be a light one.
    bool quiet() noexcept { return is_quiet_ || (++notices_ > enough && become_quiet()); }

    /// True when there is a waiter, as far as the notifier knows.
    bool armed() const noexcept { return slot_.armed(); }
    void wake() noexcept {
        if (!armed()) return;
        end_quiet();
        slot_.wake();
    }
    /// The same, for a caller that is about to wait itself: its thread may go on with the waiter.
    void wake_next() noexcept {
        if (!armed()) return;
        end_quiet();
        slot_.wake_next();
    }

private:
    // A heavy fence costs some microseconds, a store that is none saves some nanoseconds.
    static constexpr std::uint32_t enough = 1024;
    static constexpr int patience = 40;

    bool become_quiet() noexcept {
        notices_ = 0;
        if (!has_asymmetric_fences()) return false;
        is_quiet_ = true;
        quiet_.store(true);
        return true;
    }

    void end_quiet() noexcept {
        notices_ = 0;
        if (!is_quiet_) return;
        is_quiet_ = false;
        quiet_.store(false);
    }

    waker_slot slot_;
    std::atomic<bool> quiet_{false};  // what `is_quiet_` is, for the waiter; changed with it
    // The notifier's own, on a line of its own: the waiter writes to the other.
    alignas(64) bool is_quiet_ = false;
    std::uint32_t notices_ = 0;  // since there was a waiter
};

}  // namespace weir::detail
