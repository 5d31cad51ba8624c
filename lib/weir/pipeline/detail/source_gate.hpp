/// The gate of a source: what a drain shuts.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <atomic>

namespace weir::detail {

/// Shared by the source's stream and the pipeline that may stop it. `shut` is thread-safe; the
/// rest is the stream's.
class source_gate {
public:
    /// No more items: wakes the stream, which then ends. Stays shut.
    void shut() noexcept {
        shut_.store(true);  // before the wake-up: see waker_slot
        waiting_.wake();
    }

    /// True when it was shut; else the poller is woken when that happens.
    bool poll_shut(poll_context& cx) noexcept {
        waiting_.arm(cx.poller());
        if (!shut_.load()) return false;
        waiting_.disarm();
        return true;
    }

    /// The stream goes away.
    void leave() noexcept { waiting_.disarm(); }

private:
    waker_slot waiting_;
    std::atomic<bool> shut_{false};  // false -> true, once
};

}  // namespace weir::detail
