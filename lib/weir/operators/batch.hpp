/// batch: items in vectors, by count, or by count or time.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir {

/// By count only.
template <class S>
class batch_stream : public pullable<batch_stream<S>> {
public:
    using value_type = std::vector<item_t<S>>;

    batch_stream(S upstream, std::size_t size) : upstream_(std::move(upstream)), size_(size) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (ended_) return poll_state::finished;
        const poll_state state = upstream_.poll(cx, [this, &sink](item_t<S>&& x) -> bool {
            if (part_.empty()) part_.reserve(std::min(size_, reserve_most));
            part_.push_back(std::move(x));
            return part_.size() < size_ || sink(std::exchange(part_, {}));
        });
        ended_ = state == poll_state::finished;
        // A sink that says no to the last batch hears of the end next time.
        return ended_ && !flush(sink) ? poll_state::paused : state;
    }

    /// Hands over what has been gathered, if anything.
    template <class Sink>
    bool flush(Sink& sink) {
        return part_.empty() || sink(std::exchange(part_, {}));
    }

    bool empty() const noexcept { return part_.empty(); }

private:
    // A larger batch grows as it fills: its size may only be there to say "by time".
    static constexpr std::size_t reserve_most =
        std::max(std::size_t{1}, (std::size_t{1} << 20) / sizeof(item_t<S>));

    S upstream_;
    std::size_t size_;
    bool ended_ = false;  // upstream has
    value_type part_;
};

/// By count or time, whichever comes first.
template <class S>
class timed_batch_stream : public pullable<timed_batch_stream<S>> {
public:
    using value_type = std::vector<item_t<S>>;

    timed_batch_stream(S upstream, std::size_t size, clock::duration wait)
        : batches_(std::move(upstream), size), wait_(wait) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_state state = batches_.poll(cx, [this, &sink](value_type&& whole) -> bool {
            waiting_ = false;  // the next item opens a new batch, with its own deadline
            return sink(std::move(whole));
        });
        if (state != poll_state::pending || batches_.empty()) return state;
        if (!std::exchange(waiting_, true)) deadline_ = clock_of(cx.executor()).now() + wait_;
        if (!alarm_.reached(cx, deadline_)) return poll_state::pending;
        waiting_ = false;
        return batches_.flush(sink) ? poll_state::pending : poll_state::paused;
    }

private:
    batch_stream<S> batches_;
    clock::duration wait_;
    clock::time_point deadline_{};
    bool waiting_ = false;  // a partial batch has a deadline
    alarm alarm_;
};

/// Gathers items into vectors of `size`, in order; the last one may be shorter, and none is empty.
///
///     rows | weir::batch(5'000)
///
/// Holds up to one batch; on a failure or a cancellation a partial batch is dropped with the
/// pipeline. Errors: `std::invalid_argument` if `size` is 0. Cost: one allocation a batch (of
/// up to 1 MiB; a larger one grows as it fills).
inline auto batch(std::size_t size) {
    if (size == 0) throw std::invalid_argument("weir::batch: the size must be at least 1");
    return pipe([size](auto upstream) {
        check_owned_items<decltype(upstream)>();
        return batch_stream<decltype(upstream)>(std::move(upstream), size);
    });
}

/// The same, but a batch goes on at the latest `wait` after upstream had nothing more ready for its
/// first items, full or not. Time is that of the executor's clock.
///
///     events | weir::batch(1'000, 50ms)
inline auto batch(std::size_t size, clock::duration wait) {
    if (size == 0) throw std::invalid_argument("weir::batch: the size must be at least 1");
    return pipe([size, wait](auto upstream) {
        check_owned_items<decltype(upstream)>();
        return timed_batch_stream<decltype(upstream)>(std::move(upstream), size, wait);
    });
}

}  // namespace weir
