/// The gate of a source. A drain shuts it.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <atomic>

namespace weir::detail {

/// Shared by the source's stream and the pipeline that may stop it. `shut` is thread-safe; the
/// other functions belong to the stream.
class source_gate {
public:
    /// Ends the source for good: wakes the stream, which then ends.
    void shut() noexcept {
        shut_.store(true);  // before the wake-up: see waker_slot
        waiting_.wake();
    }

    /// True when the gate was shut. Otherwise the poller is woken when that happens.
    bool poll_shut(poll_context& cx) noexcept {
        waiting_.arm(cx.poller());
        if (!shut_.load()) return false;
        waiting_.disarm();
        return true;
    }

    /// The stream is being destroyed.
    void leave() noexcept { waiting_.disarm(); }

private:
    waker_slot waiting_;
    std::atomic<bool> shut_{false};  // false -> true, once
};

}  // namespace weir::detail
