/// interval_join: pairs of items of two streams with close times.
#pragma once

#include <weir/channel/overflow.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/joins/detail/interval_side.hpp>
#include <weir/joins/fair_order.hpp>
#include <weir/joins/item_count.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// How an interval_join gets the key and the time of one side's items: `key(const T&)` and
/// `time(const T&)`.
template <class Key, class Time>
struct join_side {
    join_side(Key k, Time t) : key(std::move(k)), time(std::move(t)) {}
    [[no_unique_address]] Key key;
    [[no_unique_address]] Time time;
};

template <class T, class Side>
using side_key =
    std::remove_cvref_t<decltype(std::invoke(std::declval<Side&>().key, std::declval<const T&>()))>;
template <class T, class Side>
using side_time = std::remove_cvref_t<decltype(std::invoke(std::declval<Side&>().time,
                                                           std::declval<const T&>()))>;

}  // namespace detail

/// How far apart partners may be, and how many items may be held.
template <class Duration>
struct interval_bounds {
    Duration before{};      ///< How much earlier than the left item the right item may be.
    Duration after{};       ///< How much later than the left item the right item may be.
    Duration lateness{};    ///< How far an item may be behind its own stream's latest time.
    std::size_t max_items;  ///< The maximum number of items held of each side.
    overflow when_full = overflow::wait;
    item_count late{};     ///< Counts the items dropped because of `lateness`.
    item_count dropped{};  ///< Counts the items dropped to make room.
};

namespace detail {

/// The default: copies the two items into a pair.
struct as_pair {
    template <class L, class R>
    std::pair<L, R> operator()(const L& l, const R& r) const {
        return {l, r};
    }
};

template <class L, class R, class LeftSide, class RightSide, class Combine>
class interval_join_stream
    : public pullable<interval_join_stream<L, R, LeftSide, RightSide, Combine>> {
    using left_item = item_t<L>;
    using right_item = item_t<R>;
    using key = side_key<left_item, LeftSide>;
    using time = side_time<left_item, LeftSide>;
    using duration = decltype(std::declval<time>() - std::declval<time>());
    static_assert(std::is_same_v<key, side_key<right_item, RightSide>>,
                  "weir::interval_join: the keys of the two sides differ in type");
    static_assert(std::is_same_v<time, side_time<right_item, RightSide>>,
                  "weir::interval_join: the times of the two sides differ in type");
    static_assert(!std::is_unsigned_v<time>,
                  "weir::interval_join: unsigned times cannot be compared with earlier ones");

public:
    using value_type =
        std::remove_cvref_t<std::invoke_result_t<Combine&, const left_item&, const right_item&>>;

    interval_join_stream(L l, R r, LeftSide left, RightSide right, interval_bounds<duration> bounds,
                         Combine combine, stage where)
        : left_(std::move(l), std::move(left)),
          right_(std::move(r), std::move(right)),
          bounds_(std::move(bounds)),
          combine_(std::move(combine)),
          where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        while (!found_.empty()) {
            value_type x = std::move(found_.front());
            found_.pop_front();
            if (!sink(std::move(x))) return poll_state::paused;
        }
        left_.asked = right_.asked = false;
        for (bool left_too = !turn_.begin_with_second(cx);; left_too = true) {
            const bool any_left = left_too && may_poll(left_);
            if (any_left && !poll_side(cx, left_, right_, sink)) return poll_state::paused;
            turn_.polled_first(cx);
            const bool any_right = may_poll(right_);
            if (any_right && !poll_side(cx, right_, left_, sink)) return poll_state::paused;
            if (no_more(left_) || no_more(right_)) return poll_state::finished;
            if (left_too && !any_left && !any_right) break;
        }
        if (!left_.asked && !right_.asked) fail("both sides hold as many items as they may");
        return poll_state::pending;
    }

private:
    template <class S, class Side, bool IsLeft>
    struct input {
        using item = item_t<S>;
        static constexpr bool is_left = IsLeft;

        input(S s, Side a) : stream(std::move(s)), about(std::move(a)) {}
        std::optional<S> stream;  // empty after its end
        Side about;
        interval_side<item_t<S>, key, time> held;
        bool asked = false;  // it was polled, has nothing ready, and will wake the poller
    };
    using left_input = input<L, LeftSide, true>;
    using right_input = input<R, RightSide, false>;

    static constexpr std::size_t chunk = 64;  // items of one side before the other side is polled

    template <class Input>
    bool may_poll(const Input& in) const noexcept {
        const bool waits =
            bounds_.when_full == overflow::wait && in.held.size() == bounds_.max_items;
        return in.stream && !in.asked && !waits;
    }
    /// True if the join is finished, because no later item of the other side can find a partner on
    /// this side.
    template <class Input>
    static bool no_more(const Input& in) noexcept {
        return !in.stream && in.held.size() == 0;
    }

    /// The oldest time that an item of this side may have. Precondition: the side has had an item.
    template <class Input>
    time oldest(const Input& in) const {
        return subtract_saturating(*in.held.latest(), bounds_.lateness);
    }

    /// Takes a chunk of items. False when the sink accepts no more.
    template <class Input, class Other, class Sink>
    bool poll_side(poll_context& cx, Input& in, Other& other, Sink& sink) {
        bool more = true;
        std::size_t left = chunk;
        const poll_context::scoped_grant_limit no_more_than_a_chunk(cx, chunk);
        const poll_state state = in.stream->poll(cx, [&](typename Input::item&& x) -> bool {
            take(in, other, std::move(x), [&](value_type&& y) {
                if (more) {
                    more = sink(std::move(y));
                } else {
                    found_.push_back(std::move(y));
                }
            });
            return more && --left != 0 && may_poll(in);
        });
        in.asked = state == poll_state::pending;
        if (state == poll_state::finished) {
            in.stream.reset();
            other.held.drop_all();  // because no partner can follow
        }
        return more;
    }

    template <class Input, class Other, class Emit>
    void take(Input& in, Other& other, typename Input::item x, Emit emit) {
        constexpr bool is_left = Input::is_left;
        const time t = where_.call(in.about.time, std::as_const(x));
        check_usable(where_, t);
        if (in.held.latest() && t < oldest(in)) return bounds_.late.add();
        in.held.saw(t);
        key k = where_.call(in.about.key, std::as_const(x));
        check_usable(where_, k);
        // The times at which partners of this item can be, on the other side.
        const duration earlier = is_left ? bounds_.before : bounds_.after;
        const duration later = is_left ? bounds_.after : bounds_.before;
        const time first = subtract_saturating(t, earlier);
        const time last = add_saturating(t, later);
        other.held.drop_before(subtract_saturating(oldest(in), earlier));
        other.held.for_each(k, first, last, [&](const auto& partner) {
            if constexpr (is_left) {
                emit(value_type(where_.call(combine_, std::as_const(x), partner)));
            } else {
                emit(value_type(where_.call(combine_, partner, std::as_const(x))));
            }
        });
        const bool too_old = other.held.latest() && last < oldest(other);
        if (other.stream && !too_old) hold(in, std::move(k), t, std::move(x));
    }

    template <class Input>
    void hold(Input& in, key k, time t, typename Input::item x) {
        if (in.held.size() == bounds_.max_items) {
            if (bounds_.when_full == overflow::fail) fail("a side holds as many items as it may");
            in.held.drop_oldest();
            bounds_.dropped.add();
        }
        in.held.add(std::move(k), t, std::move(x));
    }

    [[noreturn]] void fail(const char* why) const {
        try {
            throw std::length_error(why);
        } catch (...) {
            where_.fail();
        }
    }

    left_input left_;
    right_input right_;
    interval_bounds<duration> bounds_;
    [[no_unique_address]] Combine combine_;
    stage where_;
    fair_order turn_;               // of the left side and the right side
    std::deque<value_type> found_;  // pairs found after the sink refused one
};

}  // namespace detail

/// Passes on `combine(left, right)` for all pairs of items with the same key whose times are close.
/// The right item may be at most `before` earlier and at most `after` later than the left one, both
/// bounds included.
///
///     trades | weir::interval_join(std::move(quotes),
///                                  weir::join_side(&trade::symbol, &trade::time),
///                                  weir::join_side(&quote::symbol, &quote::time),
///                                  {.before = 5s, .after = 1s, .max_items = 100'000})
///
/// Times come from the items: time points, or signed numbers. To use the time of arrival, put
/// `timestamps` in front. Keys are hashed by `absl::Hash`; a constant key joins by time alone.
/// `combine` sees each item once per partner. By default it copies the two items into a
/// `std::pair`.
///
/// Order: a pair is passed on when the later item of the two arrives. The pairs of one item come in
/// order of the partners' times. The interleaving of the two streams depends on when each is ready.
/// Order of time: each stream should come in order of its times. An item is dropped, and counted in
/// `late`, if it is more than `lateness` behind the latest time of its own stream.
/// State: an item is held while a partner may still follow. No partner can follow once the other
/// stream has ended, or once its latest time, less `lateness`, is past the item's bound. At most
/// `max_items` of each side are held; then `when_full` decides:
/// - `wait` polls that side no more until the other one catches up, so a stream that is ahead
///   waits. If both sides are full, the join fails, because `max_items` is too small;
/// - `drop_oldest` drops the oldest item and counts it in `dropped`, so pairs are missing;
/// - `fail` fails.
/// So a stream that stops makes the other one wait or lose items.
/// Fairness: 64 items of one side, then 64 of the other. If the left side's items take a whole turn
/// of the segment, the next turn begins with the right side.
///
/// End: when both streams have ended, or when one has ended and none of its items are held.
/// Errors: a failure of either stream. A `stage_error` naming "interval_join" and `name` is thrown
/// for an exception of a key, a time or `combine`, for a key or a time that does not equal itself
/// (`unusable_key_error`: a NaN), and for a bound that was reached. `std::invalid_argument` if
/// `max_items` is 0 or a duration is negative.
/// Cancellation: both streams are cancelled, and held items are dropped.
/// Cost: two hash lookups per item, and the work for its partners.
template <class R, class LeftSide, class RightSide, class Combine = detail::as_pair>
auto interval_join(
    R right, LeftSide left_side, RightSide right_side,
    std::type_identity_t<
        interval_bounds<decltype(std::declval<detail::side_time<item_t<R>, RightSide>>() -
                                 std::declval<detail::side_time<item_t<R>, RightSide>>())>>
        bounds,
    Combine combine = {}, std::string_view name = {}) {
    detail::check_stream<R>();
    check_owned_items<R>();
    taken_over(right);
    if (bounds.max_items == 0) {
        throw std::invalid_argument("weir::interval_join: it must hold at least 1 item a side");
    }
    detail::check_overflow(
        bounds.when_full, {overflow::wait, overflow::drop_oldest, overflow::fail}, "interval_join");
    using duration = decltype(bounds.before);
    const auto positive = [](const duration& d) { return d >= duration(); };  // not a NaN
    if (!positive(bounds.before) || !positive(bounds.after) || !positive(bounds.lateness)) {
        throw std::invalid_argument("weir::interval_join: durations must not be negative");
    }
    return pipe([right = std::move(right), left_side = std::move(left_side),
                 right_side = std::move(right_side), bounds = std::move(bounds),
                 combine = std::move(combine), name](auto left) mutable {
        using L = decltype(left);
        check_owned_items<L>();
        check_not_async<Combine, const item_t<L>&, const item_t<R>&>();
        return detail::interval_join_stream<L, R, LeftSide, RightSide, Combine>(
            std::move(left), std::move(right), std::move(left_side), std::move(right_side),
            std::move(bounds), std::move(combine), stage("interval_join", name));
    });
}

}  // namespace weir
