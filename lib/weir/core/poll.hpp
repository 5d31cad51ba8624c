/// The poll protocol's vocabulary: what a poll answers, and what a stream may ask of its poller.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/waker.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir {

/// What `poll` found.
enum class poll_state : std::uint8_t {
    paused,   ///< The sink said no: it took that item and wants no more for the moment.
    pending,  ///< Nothing more is ready; the stream has arranged for `poll_context::wake`.
    finished  ///< There will never be another item. Do not poll again.
};

/// Keeps a pipeline's completion waiting. A terminal completes when the last copy of its ticket is
/// gone, so whatever must be over first (an upstream segment, a read on another thread) holds one.
using ticket = std::shared_ptr<const void>;

/// How much one turn of a segment may do before it lets others on its executor have theirs.
struct poll_budget {
    std::size_t items = std::size_t{1} << 20;
    std::chrono::nanoseconds time = std::chrono::milliseconds(1);
};

/// What a stream is given when it is polled: the way to be polled again, the executor its
/// handlers run on, and the budget of this turn.
///
/// Lives for one turn of the segment; a stream that needs more than the turn copies the waker, the
/// executor or the ticket out. Not thread-safe, and never shared: one poll, one thread.
class poll_context {
public:
    poll_context(wakeable& poller, const asio::any_io_executor& executor, const ticket& scope,
                 poll_budget budget) noexcept
        : poller_(poller), executor_(executor), scope_(scope), budget_(budget) {}
    poll_context(const poll_context&) = delete;
    poll_context& operator=(const poll_context&) = delete;

    /// Asks to be polled again soon: for a stream that returns `pending` only to let others run.
    void wake() const noexcept { poller_.wake(); }

    /// The one who polls; arm a `waker_slot` with it, or keep `get_waker()`.
    wakeable& poller() const noexcept { return poller_; }
    waker get_waker() const noexcept { return waker::share(&poller_); }

    /// The segment's strand. Bind handlers to it, and no two of this segment run at once.
    const asio::any_io_executor& executor() const noexcept { return executor_; }

    /// A ticket to hold while something of this pipeline is still in use elsewhere.
    ticket hold() const { return scope_; }

    /// How many of `wanted` items an always-ready source may hand over before it asks again; 0
    /// when this turn's budget is spent, and then a wake-up is already arranged: return `pending`.
    ///
    /// A source that never has to wait must ask, or one busy pipeline starves the others (the
    /// terminal cannot count for it: a filter may let nothing through).
    /// Cost: a clock read a slice; slices grow while items are cheap.
    std::size_t grant(std::size_t wanted) noexcept {
        using clock = std::chrono::steady_clock;
        if (started_ != clock::time_point{}) {
            const auto used = clock::now() - started_;
            if (budget_.items == 0 || used >= budget_.time) {
                wake();
                return 0;
            }
            // A slice that took a small part of the time may be followed by a larger one.
            if (used < budget_.time / 16 && slice_ < last_slice) slice_ *= 2;
        } else {
            started_ = clock::now();
        }
        const std::size_t granted = std::min({wanted, slice_, budget_.items});
        budget_.items -= granted;
        return granted;
    }

private:
    static constexpr std::size_t first_slice = 256;
    static constexpr std::size_t last_slice = std::size_t{1} << 16;

    wakeable& poller_;
    const asio::any_io_executor& executor_;
    const ticket& scope_;
    poll_budget budget_;
    std::size_t slice_ = first_slice;
    std::chrono::steady_clock::time_point started_{};
};

}  // namespace weir
