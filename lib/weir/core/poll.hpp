/// The poll protocol's vocabulary: the result of a poll, and the requests a stream may make of its
/// poller.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/waker.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

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
        : poller_(&poller), executor_(executor), scope_(&scope), budget_(budget) {}
    poll_context(const poll_context&) = delete;
    poll_context& operator=(const poll_context&) = delete;

    /// Asks to be polled again soon: for a stream that returns `pending` only to let others run.
    void wake() const noexcept { poller_->wake(); }

    /// The poller of this stream; arm a `waker_slot` with it, or keep `get_waker()`.
    wakeable& poller() const noexcept { return *poller_; }
    waker get_waker() const noexcept { return waker::share(poller_); }

    /// See `wakeable::hands_over`.
    bool hands_over() const noexcept { return poller_->hands_over(); }

    /// The segment's strand. Bind handlers to it, and no two of this segment run at once.
    const asio::any_io_executor& executor() const noexcept { return executor_; }

    /// A ticket to hold while something of this pipeline is still in use elsewhere.
    ticket hold() const { return *scope_; }

    /// How many of `wanted` items an always-ready source may hand over before it asks again; 0
    /// when this turn's budget is spent, and then a wake-up is already arranged: return `pending`.
    ///
    /// A source that never has to wait must ask, or one busy pipeline starves the others (the
    /// terminal cannot count for it: a filter may let nothing through).
    /// Cost: a clock read a slice of items; slices grow while items are cheap.
    std::size_t grant(std::size_t wanted) noexcept {
        if (slice_left_ == 0 && !next_slice()) {
            spent_ = true;
            wake();
            return 0;
        }
        const std::size_t granted = std::min({wanted, slice_left_, most_});
        slice_left_ -= granted;
        return granted;
    }

    /// True when `grant` has returned 0 to a source in this turn. Streams polled after it get
    /// nothing either, and should be polled first next time.
    bool spent() const noexcept { return spent_; }

    /// While it lives, sources are granted at most `most` items at a time. A poller that wants no
    /// more from one poll uses it, so that it does not waste the rest of a grant.
    class scoped_grant_limit {
    public:
        scoped_grant_limit(poll_context& cx, std::size_t most) noexcept
            : cx_(cx), before_(std::exchange(cx.most_, std::min(cx.most_, most))) {}
        scoped_grant_limit(const scoped_grant_limit&) = delete;
        scoped_grant_limit& operator=(const scoped_grant_limit&) = delete;
        ~scoped_grant_limit() { cx_.most_ = before_; }

    private:
        poll_context& cx_;
        std::size_t before_;
    };

    /// The same for a poller that wants a single item.
    class single_items : public scoped_grant_limit {
    public:
        explicit single_items(poll_context& cx) noexcept : scoped_grant_limit(cx, 1) {}
    };

    /// True in the first poll for each item that a consumer pulls (`next()`): what was timed for
    /// the one before, which may have been cancelled, is over.
    bool asked_anew() const noexcept { return asked_anew_; }

    /// While it lives, an item is asked for, for the first time or not.
    class pulling {
    public:
        pulling(poll_context& cx, bool anew) noexcept
            : cx_(cx), before_(std::exchange(cx.asked_anew_, anew)) {}
        pulling(const pulling&) = delete;
        pulling& operator=(const pulling&) = delete;
        ~pulling() { cx_.asked_anew_ = before_; }

    private:
        poll_context& cx_;
        bool before_;
    };

    /// While it lives, `other` is the poller. A stream that polls several streams uses it to learn
    /// which of them is ready.
    class scoped_poller {
    public:
        scoped_poller(poll_context& cx, wakeable& other) noexcept
            : cx_(cx), before_(std::exchange(cx.poller_, &other)) {}
        scoped_poller(const scoped_poller&) = delete;
        scoped_poller& operator=(const scoped_poller&) = delete;
        ~scoped_poller() { cx_.poller_ = before_; }

    private:
        poll_context& cx_;
        wakeable* before_;
    };

    /// While it lives, `hold()` gives `other`: a stream uses it to learn when its upstream has
    /// released everything. `other` must hold the ticket that it replaces.
    class scoped_ticket {
    public:
        scoped_ticket(poll_context& cx, const ticket& other) noexcept
            : cx_(cx), before_(std::exchange(cx.scope_, &other)) {}
        scoped_ticket(const scoped_ticket&) = delete;
        scoped_ticket& operator=(const scoped_ticket&) = delete;
        ~scoped_ticket() { cx_.scope_ = before_; }

        /// What `hold()` gave before.
        const ticket& before() const noexcept { return *before_; }

    private:
        poll_context& cx_;
        const ticket* before_;
    };

private:
    using clock = std::chrono::steady_clock;

    /// Opens the next slice, if items and time are left. The first one is not timed: a turn that
    /// finds little to do does not read the clock.
    bool next_slice() noexcept {
        if (first_) {
            first_ = false;
        } else {
            const auto now = clock::now();
            if (started_ == clock::time_point{}) {
                started_ = now;
                slice_ = first_timed_slice;
            } else {
                if (now - started_ >= budget_.time) return false;
                // The clock is read about sixteen times a turn, whatever an item costs.
                const auto spent = now - slice_started_;
                if (spent < budget_.time / 32) slice_ = std::min(slice_ * 2, largest_slice);
                if (spent > budget_.time / 8) slice_ = std::max(slice_ / 2, std::size_t{1});
            }
            slice_started_ = now;
        }
        slice_left_ = std::min(slice_, budget_.items);
        budget_.items -= slice_left_;
        return slice_left_ != 0;
    }

    static constexpr std::size_t first_slice = 128;
    static constexpr std::size_t first_timed_slice = 64;
    static constexpr std::size_t largest_slice = std::size_t{1} << 16;

    wakeable* poller_;
    const asio::any_io_executor& executor_;
    const ticket* scope_;
    poll_budget budget_;
    std::size_t slice_ = first_slice;
    std::size_t slice_left_ = 0;
    std::size_t most_ = std::size_t(-1);
    bool first_ = true;
    bool spent_ = false;
    bool asked_anew_ = false;
    clock::time_point started_{};
    clock::time_point slice_started_{};
};

}  // namespace weir
