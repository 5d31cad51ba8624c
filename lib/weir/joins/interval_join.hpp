/// interval_join: pairs of items of two streams whose times are close.
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

/// What an interval_join asks of the items of one side: `key(const T&)` and `time(const T&)`.
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

/// How far apart partners may be, and what may be held to find them.
template <class Duration>
struct interval_bounds {
    Duration before{};      ///< How much earlier than the left item the right one may be.
    Duration after{};       ///< How much later.
    Duration lateness{};    ///< How far an item may be behind its own stream's latest.
    std::size_t max_items;  ///< Items held of each side.
    overflow when_full = overflow::wait;
    item_count late{};     ///< Counts those that came later than that, and were dropped.
    item_count dropped{};  ///< Counts those that had to go to make room.
};

namespace detail {

/// The default: the two, copied into a pair.
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
        std::optional<S> stream;  // none: it has ended
        Side about;
        interval_side<item_t<S>, key, time> held;
        bool asked = false;  // it has nothing ready, and wakes us
    };
    using left_input = input<L, LeftSide, true>;
    using right_input = input<R, RightSide, false>;

    static constexpr std::size_t chunk = 64;  // of one side, before it is the other's turn

    template <class Input>
    bool may_poll(const Input& in) const noexcept {
        const bool waits =
            bounds_.when_full == overflow::wait && in.held.size() == bounds_.max_items;
        return in.stream && !in.asked && !waits;
    }
    /// No item to come of this side's partners can have a partner here.
    template <class Input>
    static bool no_more(const Input& in) noexcept {
        return !in.stream && in.held.size() == 0;
    }

    /// The oldest that an item of this side may be. Precondition: it has had one.
    template <class Input>
    time oldest(const Input& in) const {
        return subtract_saturating(*in.held.latest(), bounds_.lateness);
    }

    /// Takes a chunk of items. False when the sink wants no more.
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
            other.held.drop_all();  // it has no partners to come
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
        // Where partners of this item are, and of the oldest one of this side that may still come.
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
    fair_order turn_;               // of the left one and the right one
    std::deque<value_type> found_;  // after the sink said no
};

}  // namespace detail

/// Passes on `combine(left, right)` for all items of the same key of which the right one is at most
/// `before` earlier and at most `after` later than the left one; both bounds included.
///
///     trades | weir::interval_join(std::move(quotes),
///                                  weir::join_side(&trade::symbol, &trade::time),
///                                  weir::join_side(&quote::symbol, &quote::time),
///                                  {.before = 5s, .after = 1s, .most = 100'000})
///
/// Times are the items' own: time points, or signed numbers. For the time at which an item came put
/// `timestamps` before it. Keys are hashed by `absl::Hash`; one that is always the same joins by
/// time alone. `combine` sees each item as often as it has partners; by default they are copied
/// into a `std::pair`.
///
/// Order: a pair is passed on when the later one of the two has come; those of one item by the
/// partners' times. How the two streams are interleaved is a matter of when they are ready.
/// Order of time: each stream is expected to come in order of its times. An item that is more than
/// `lateness` behind the latest of its own stream is dropped, and counted in `late`.
/// State: an item is held until the other stream has come so far (its latest time, less `lateness`)
/// that no partner can follow, or has ended. Of each side at most `most` are held; then `full`:
/// - `wait` asks that side for no more until the other catches up (a stream that is ahead waits);
///   if both sides are full, neither can go on, and the join fails: `most` is too small;
/// - `drop_oldest` counts in `dropped`; pairs are missing then;
/// - `fail` fails.
/// So a stream that stands still holds up the other one, or makes it lose items.
/// Fairness: 64 items of the one, 64 of the other; where the left one's take a whole turn of the
/// segment, the next turn begins with the right one.
///
/// End: when both have ended, or when one has and nothing of it is held. Errors: a failure of
/// either; an exception of a key, a time or `combine`, a key or a time that does not equal itself
/// (`unusable_key_error`: a NaN), and a bound that was reached, is a `stage_error` naming
/// "interval_join" and `name`; `std::invalid_argument` if `max_items` is 0 or a
/// duration negative. Cancellation: both are cancelled, what is held is dropped.
/// Cost: two hash lookups an item, and what its partners cost.
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
