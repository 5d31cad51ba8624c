/// tumbling: an aggregate of the items of each window, one window after the other.
#pragma once

#include <weir/aggregates/aggregate.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/detail/time_grid.hpp>
#include <weir/operators/running.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// The current window, as the aggregate of its items.
template <class T, class Aggregate, class Of>
class tumbling_window {
    static_assert(aggregate<Aggregate, measured<Of, T>>,
                  "weir::tumbling: this is not an aggregate of the stream's items");

public:
    tumbling_window(Aggregate empty, Of of, stage where)
        : empty_(empty), now_(std::move(empty)), of_(std::move(of)), where_(where) {}

    std::uint64_t size() const noexcept { return size_; }
    WEIR_FUSED void add(const T& x) {
        now_.add(where_.call(of_, x));
        ++size_;
    }
    /// Passes on the window's result, and opens the next window.
    template <class Sink>
    bool close(Sink& sink) {
        aggregate_value<Aggregate> result = now_.value();
        now_ = empty_;
        size_ = 0;
        return sink(std::move(result));
    }

private:
    Aggregate empty_;
    Aggregate now_;
    [[no_unique_address]] Of of_;
    stage where_;
    std::uint64_t size_ = 0;
};

namespace detail {

/// Windows by count.
template <class S, class Aggregate, class Of>
class tumbling_stream : public pullable<tumbling_stream<S, Aggregate, Of>> {
public:
    using value_type = aggregate_value<Aggregate>;
    using window = tumbling_window<item_t<S>, Aggregate, Of>;

    tumbling_stream(S upstream, std::uint64_t n, window w)
        : upstream_(std::move(upstream)), n_(n), window_(std::move(w)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (ended_) return poll_state::finished;
        const poll_state state =
            upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
                window_.add(x);
                return window_.size() != n_ || window_.close(sink);
            });
        ended_ = state == poll_state::finished;
        const bool last = ended_ && window_.size() != 0;
        return last && !window_.close(sink) ? poll_state::paused : state;
    }

private:
    S upstream_;
    std::uint64_t n_;
    window window_;
    bool ended_ = false;  // upstream has ended
};

}  // namespace detail

/// The result of a window of time from `begin` up to, but not including, `end`. If upstream's end
/// closes a window early, `end` is still the planned one.
template <class V>
struct timed_window {
    clock::time_point begin;
    clock::time_point end;
    V value;

    friend bool operator==(const timed_window&, const timed_window&) = default;
};

/// The period and the alignment of windows of time.
struct window_times {
    clock::duration period;
    bool aligned = true;  ///< Windows begin at multiples of the period on the clock, so at the same
                          ///< times in all groups of a `group_by`; otherwise with the first poll.
};

namespace detail {

/// Windows by time.
template <class S, class Aggregate, class Of, class Value = aggregate_value<Aggregate>>
class timed_tumbling_stream : public pullable<timed_tumbling_stream<S, Aggregate, Of, Value>> {
public:
    using value_type = Value;
    using window = tumbling_window<item_t<S>, Aggregate, Of>;

    timed_tumbling_stream(S upstream, window_times times, window w)
        : upstream_(std::move(upstream)),
          grid_{times.period},
          window_(std::move(w)),
          begun_(times.aligned) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const bool over = !ended_ && window_.size() != 0 && alarm_.reached(cx, ends_);
        if (over && !close(sink)) return poll_state::paused;
        if (!ended_) gather(cx);
        if (!ended_) return poll_state::pending;
        return window_.size() == 0 || close(sink) ? poll_state::finished : poll_state::paused;
    }

private:
    template <class Sink>
    bool close(Sink& sink) {
        if constexpr (std::is_same_v<Value, aggregate_value<Aggregate>>) {
            return window_.close(sink);
        } else {
            auto with_times = [this, &sink](aggregate_value<Aggregate>&& x) -> bool {
                return sink(Value{begins_, ends_, std::move(x)});
            };
            return window_.close(with_times);
        }
    }
    void gather(poll_context& cx) {
        const auto now = clock_of(cx.executor()).now();
        if (!std::exchange(begun_, true)) grid_.begin(now);
        if (window_.size() == 0) {
            begins_ = grid_.last(now);
            ends_ = grid_.due(now);
        }
        const poll_state state = upstream_.poll(cx, [this](item_t<S>&& x) WEIR_FUSED -> bool {
            window_.add(x);
            return true;
        });
        ended_ = state == poll_state::finished;
        if (ended_) return alarm_.cancel();
        if (window_.size() != 0 && alarm_.reached(cx, ends_)) cx.wake();
    }

    S upstream_;
    time_grid grid_;
    window window_;
    clock::time_point begins_{};  // of the window, if it has items
    clock::time_point ends_{};
    bool begun_;          // the grid has begun; an aligned grid began with the clock
    bool ended_ = false;  // upstream has ended
    alarm alarm_;
};

inline void check_window_period(clock::duration period) {
    if (period > clock::duration::zero()) return;
    throw std::invalid_argument("weir::tumbling: the period must be positive");
}

}  // namespace detail

/// Passes on the aggregate of the first `n` items, then that of the next `n`, and so on. The last
/// one, at the end of upstream, may be of fewer items.
///
///     readings | weir::tumbling(60, weir::agg::mean(), &reading::celsius)
///
/// `empty` is the initial value of each window: an aggregate of `weir::agg` or of your own
/// (aggregate.hpp). `of(const T&)` returns the value to aggregate; by default the item itself.
/// Errors: `std::invalid_argument` if `n` is 0; an exception of `of` becomes a `stage_error` naming
/// "tumbling" and `name`. A failure or a cancellation drops the open window.
/// Holds one aggregate, no items.
template <class Aggregate, class Of = std::identity>
auto tumbling(std::uint64_t n, Aggregate empty, Of of = {}, std::string_view name = {}) {
    if (n == 0) throw std::invalid_argument("weir::tumbling: a window must have at least 1 item");
    return pipe([n, empty = std::move(empty), of = std::move(of), name](auto upstream) mutable {
        using result = detail::tumbling_stream<decltype(upstream), Aggregate, Of>;
        typename result::window w(std::move(empty), std::move(of), stage("tumbling", name));
        return result(std::move(upstream), n, std::move(w));
    });
}

/// The same for windows of time. At each multiple of `period` after the first poll, passes on the
/// aggregate of the items that came since the last one. A window without items gives no value.
///
///     requests | weir::tumbling(1min, weir::agg::count())
///
/// Time is that of the executor's clock; items that are ready together count as arriving together.
/// Errors: also `std::invalid_argument` unless the period is positive.
template <class Aggregate, class Of = std::identity>
auto tumbling(clock::duration period, Aggregate empty, Of of = {}, std::string_view name = {}) {
    detail::check_window_period(period);
    return pipe(
        [period, empty = std::move(empty), of = std::move(of), name](auto upstream) mutable {
            using result = detail::timed_tumbling_stream<decltype(upstream), Aggregate, Of>;
            typename result::window w(std::move(empty), std::move(of), stage("tumbling", name));
            const window_times times{.period = period, .aligned = false};
            return result(std::move(upstream), times, std::move(w));
        });
}

/// The same, with the begin and the end of each window: a `timed_window<V>` of the aggregate's
/// value. So windows of different groups can be distinguished and compared:
///
///     readings | weir::group_by(&reading::sensor, {.max_groups = 1'000}, [](int sensor) {
///         return weir::tumbling(weir::window_times{.period = 1min}, weir::agg::mean(),
///                               &reading::celsius) |
///                weir::map([sensor](auto window) { return std::pair(sensor, window); });
///     })
template <class Aggregate, class Of = std::identity>
auto tumbling(window_times times, Aggregate empty, Of of = {}, std::string_view name = {}) {
    detail::check_window_period(times.period);
    return pipe([times, empty = std::move(empty), of = std::move(of), name](auto upstream) mutable {
        using value = timed_window<aggregate_value<Aggregate>>;
        using result = detail::timed_tumbling_stream<decltype(upstream), Aggregate, Of, value>;
        typename result::window w(std::move(empty), std::move(of), stage("tumbling", name));
        return result(std::move(upstream), times, std::move(w));
    });
}

}  // namespace weir
