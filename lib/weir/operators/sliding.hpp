/// sliding: an aggregate of the latest items, after each item.
#pragma once

#include <weir/aggregates/detail/sliding_window.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/running.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace weir {

namespace detail {

/// Windows by count.
template <class S, class Aggregate, class Of>
class sliding_stream : public pullable<sliding_stream<S, Aggregate, Of>> {
public:
    using value_type = aggregate_value<Aggregate>;

    sliding_stream(S upstream, std::size_t n, Aggregate empty, Of of, stage where)
        : upstream_(std::move(upstream)),
          n_(n),
          window_(std::move(empty)),
          of_(std::move(of)),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            measured<Of, item_t<S>> part = where_.call(of_, std::as_const(x));
            if (window_.size() == n_) window_.pop();
            window_.push(std::move(part));
            return sink(window_.value());
        });
    }

private:
    S upstream_;
    std::size_t n_;
    agg::detail::sliding_window<Aggregate, measured<Of, item_t<S>>> window_;
    [[no_unique_address]] Of of_;
    stage where_;
};

/// Windows by time, with a bound on the count.
template <class S, class Aggregate, class Of>
class timed_sliding_stream : public pullable<timed_sliding_stream<S, Aggregate, Of>> {
public:
    using value_type = aggregate_value<Aggregate>;

    timed_sliding_stream(S upstream, clock::duration last, std::size_t most, Aggregate empty, Of of,
                         stage where)
        : upstream_(std::move(upstream)),
          last_(last),
          most_(most),
          window_(std::move(empty)),
          of_(std::move(of)),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const auto now = clock_of(cx.executor()).now();
        const auto too_old = subtract_saturating(now, last_);
        return upstream_.poll(cx, [this, &sink, now, too_old](item_t<S>&& x) -> bool {
            measured<Of, item_t<S>> part = where_.call(of_, std::as_const(x));
            if (window_.size() == most_) drop_oldest();
            while (!came_.empty() && came_.front() <= too_old) drop_oldest();
            window_.push(std::move(part));
            came_.push_back(now);
            return sink(window_.value());
        });
    }

private:
    void drop_oldest() {
        window_.pop();
        came_.pop_front();
    }

    S upstream_;
    clock::duration last_;
    std::size_t most_;
    agg::detail::sliding_window<Aggregate, measured<Of, item_t<S>>> window_;
    std::deque<clock::time_point> came_;  // when each item of the window came
    [[no_unique_address]] Of of_;
    stage where_;
};

}  // namespace detail

/// Passes on the aggregate of the last `n` items, after each item: as many values as items. The
/// first values are of fewer than `n` items.
///
///     prices | weir::sliding(20, weir::agg::mean(), &price::cents)
///     prices | weir::sliding(20, weir::agg::max<int>(), &price::cents)
///
/// `empty` is an aggregate of `weir::agg` (not `ewma`), or of your own with `remove` or `merge`
/// (aggregate.hpp). `of(const T&)` returns the value to aggregate; by default the item itself.
/// Errors: `std::invalid_argument` if `n` is 0; an exception of `of` becomes a `stage_error` naming
/// "sliding" and `name`.
/// Ends and is cancelled with its upstream. Holds `n` results of `of`.
/// Cost: O(1) per item on average, whatever `n` is. Once in `n` items it is O(n), unless the
/// aggregate has `remove` (`count`, `quantile`, a `sum` of integers).
template <class Aggregate, class Of = std::identity>
auto sliding(std::size_t n, Aggregate empty, Of of = {}, std::string_view name = {}) {
    if (n == 0) throw std::invalid_argument("weir::sliding: a window must have at least 1 item");
    return pipe([n, empty = std::move(empty), of = std::move(of), name](auto upstream) mutable {
        return detail::sliding_stream<decltype(upstream), Aggregate, Of>(
            std::move(upstream), n, std::move(empty), std::move(of), stage("sliding", name));
    });
}

/// The same for the items of the last time `last`. At most the `most` latest items count, so that
/// memory is bounded.
///
///     requests | weir::sliding(1min, 100'000, weir::agg::quantile(0.99), &request::ms)
///
/// A value is passed on only with an item: a window that only grows older gives none. Time is that
/// of the executor's clock; items that are ready together count as arriving together.
/// Errors: also `std::invalid_argument` unless the time is positive and `most` is at least 1.
template <class Aggregate, class Of = std::identity>
auto sliding(clock::duration last, std::size_t most, Aggregate empty, Of of = {},
             std::string_view name = {}) {
    if (last <= clock::duration::zero()) {
        throw std::invalid_argument("weir::sliding: the time must be positive");
    }
    if (most == 0) throw std::invalid_argument("weir::sliding: a window must have at least 1 item");
    return pipe(
        [last, most, empty = std::move(empty), of = std::move(of), name](auto upstream) mutable {
            return detail::timed_sliding_stream<decltype(upstream), Aggregate, Of>(
                std::move(upstream), last, most, std::move(empty), std::move(of),
                stage("sliding", name));
        });
}

}  // namespace weir
