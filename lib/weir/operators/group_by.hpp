/// group_by: a separate pipeline for the items of each key.
#pragma once

#include <weir/channel/overflow.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/operators/detail/kept_key.hpp>
#include <weir/operators/detail/live_groups.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/ready_set.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// How many groups may live at a time, and how long a group lives without an item.
struct group_limits {
    std::size_t max_groups;
    /// `overflow::fail`: the pipeline fails, because the number of keys is known to be small
    /// enough. `end_oldest`: the group that has had no item for the longest time ends, and makes
    /// room.
    overflow when_full = overflow::fail;
    clock::duration idle = clock::duration::max();  ///< max: idle groups do not end.
};

namespace detail {

template <class S, class KeyOf, class Make>
class group_by_stream : public pullable<group_by_stream<S, KeyOf, Make>> {
    using item = item_t<S>;
    using key = kept_key_t<KeyOf, S>;
    using source = group_source<item>;
    using group_stream =
        decltype(std::declval<source>() | std::declval<std::invoke_result_t<Make&, const key&>>());
    using groups = live_groups<key, item, group_stream>;
    using group = typename groups::group;

public:
    using value_type = item_t<group_stream>;

    group_by_stream(S upstream, KeyOf key_of, group_limits limits, Make make, stage where)
        : upstream_(std::move(upstream)),
          key_of_(std::move(key_of)),
          limits_(limits),
          in_order_(limits.when_full == overflow::end_oldest || idle_ends()),
          make_(std::move(make)),
          where_(where),
          groups_(limits.max_groups),
          ready_(ready_set::of_none_yet(limits.max_groups)),
          next_look_(idle_ends() ? clock::time_point::min() : clock::time_point::max()) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        ready_.begin();
        if (idle_ends()) now_ = clock_of(cx.executor()).now();
        for (;;) {
            // First the groups that were woken, because their items are older than new ones.
            ready_.collect();
            if (!serve(cx, sink)) return poll_state::paused;
            if (close_next()) continue;
            if (held_) {
                const bool placed = place_held();
                if (!placed && served_all()) return wait(cx);
                continue;  // to the item's group, or to the group that makes room
            }
            if (ended_) return groups_.empty() ? poll_state::finished : wait(cx);
            const poll_state state =
                upstream_.poll(cx, [this, &cx, &sink](item&& x) WEIR_FUSED -> bool {
                    return take(cx, std::move(x), sink);
                });
            if (state == poll_state::pending) return wait(cx);
            ended_ = state == poll_state::finished;
            if (state == poll_state::paused && !held_) return poll_state::paused;
        }
    }

private:
    bool idle_ends() const noexcept { return limits_.idle != clock::duration::max(); }
    bool served_all() const noexcept { return ready_.next(0) == ready_set::none; }

    /// False when the sink accepts no more, or when the item has to wait (then it is held).
    template <class Sink>
    WEIR_FUSED bool take(poll_context& cx, item&& x, Sink& sink) {
        group* const g = group_for(x);
        if (!g) [[unlikely]] {
            held_.emplace(std::move(x));
            return false;
        }
        inlet_->item = std::addressof(x);
        return advance(cx, *g, *g->waker, sink);
    }
    /// True when the held item was given to its group, which will be polled next.
    bool place_held() {
        group* const g = group_for(*held_);
        if (!g) return false;
        groups_.waiting(*g) = std::exchange(held_, std::nullopt);
        ready_.add(g->number);
        return true;
    }
    /// The group that can take this item now, or null.
    WEIR_FUSED group* group_for(const item& x) {
        decltype(auto) k = where_.call(key_of_, x);
        check_usable(where_, k);
        group* g = groups_.find(k);
        if (!g) [[unlikely]] {
            g = begin(key(k));
        }
        if (!g || !g->waker) [[unlikely]] {
            return nullptr;
        }
        if (in_order_) groups_.use(*g, now_);
        return g;
    }

    /// Polls a group. False when the sink accepts no more.
    template <class Sink>
    WEIR_FUSED bool advance(poll_context& cx, group& g, wakeable& to_wake, Sink& sink) {
        const poll_context::scoped_poller by_its_waker(cx, to_wake);
        const poll_state state = g.stream.poll(cx, sink);
        if (inlet_->item) [[unlikely]] {
            groups_.waiting(g).emplace(std::move(*std::exchange(inlet_->item, nullptr)));
            g.waker = nullptr;
        }
        if (state == poll_state::pending) [[likely]] {
            return true;
        }
        if (state == poll_state::finished) {
            groups_.end(g);
            return true;
        }
        ready_.add(g.number);
        return false;
    }

    /// True when the group lives, and has taken its waiting item.
    bool took(std::size_t n) {
        const group* const g = groups_.number(n);
        return g && !groups_.waiting(*g);
    }

    template <class Sink>
    WEIR_FUSED bool serve(poll_context& cx, Sink& sink) {
        std::size_t n = 0;
        while ((n = ready_.next(n)) != ready_set::none) {
            ready_.remove(n);
            group* const g = groups_.number(n);
            if (!g) continue;  // the group ended before this wake-up
            wakeable& to_wake = ready_.waker_of(n);
            const bool closed = groups_.closed(*g);
            g->waker = closed ? nullptr : &to_wake;  // reset if it does not take the waiting item
            std::optional<item> waited = std::exchange(groups_.waiting(*g), std::nullopt);
            inlet_->item = waited ? &*waited : nullptr;
            inlet_->closed = closed;
            const bool more = advance(cx, *g, to_wake, sink);
            inlet_->closed = false;
            if (!more) return false;
            if (closed && waited && took(n)) {
                ready_.add(n);  // it has yet to see the end
            } else {
                ++n;
            }
        }
        return true;
    }

    /// Begins a group for a new key. Null while room is being made.
    group* begin(key k) {
        if (groups_.full()) {
            if (limits_.when_full == overflow::fail) refuse();
            if (groups_.closing() == 0) close(*groups_.oldest());
            return nullptr;
        }
        auto made = where_.call(make_, std::as_const(k));
        group& g = groups_.open(std::move(k), source(*inlet_) | std::move(made));
        g.waker = &ready_.waker_of(g.number);
        return &g;
    }
    [[noreturn]] void refuse() const {
        try {
            throw std::length_error("there are more than " + std::to_string(limits_.max_groups) +
                                    " groups");
        } catch (...) {
            where_.fail();
        }
    }

    void close(group& g) {
        groups_.close(g);
        ready_.add(g.number);
    }
    /// Closes the oldest group if its time has come. One at a time, so that groups end in order.
    bool close_next() {
        if (!ended_ && now_ < next_look_) return false;
        group* const g = groups_.oldest();
        if (g && (ended_ || deadline_after(groups_.last_used(*g), limits_.idle) <= now_))
            return close(*g), true;
        if (!ended_) {
            next_look_ = deadline_after(g ? groups_.last_used(*g) : now_, limits_.idle);
        }
        return false;
    }

    poll_state wait(poll_context& cx) {
        ready_.wait(cx);
        if (idle_ends() && !groups_.empty() && alarm_.reached(cx, next_look_)) cx.wake();
        return poll_state::pending;
    }

    S upstream_;
    [[no_unique_address]] KeyOf key_of_;
    group_limits limits_;
    bool in_order_;  // whether the time of a group's last use matters
    [[no_unique_address]] Make make_;
    stage where_;
    std::unique_ptr<group_inlet<item>> inlet_ = std::make_unique<group_inlet<item>>();
    groups groups_;
    ready_set ready_;              // the groups that were woken, were interrupted, or must end
    std::optional<item> held_;     // waits for its group, or for room for a new group
    clock::time_point now_{};      // the time of this poll
    clock::time_point next_look_;  // the time of the next check for idle groups
    alarm alarm_;
    bool ended_ = false;  // upstream has ended
};

}  // namespace detail

/// Sends the items of each key through a separate pipeline, `make(key)`. It passes on the results
/// of all groups as they come.
///
///     // The mean of each sensor so far, at each of its readings; at most 1,000 sensors.
///     readings | weir::group_by(&reading::sensor, {.max_groups = 1'000}, [](int sensor) {
///         return weir::running(weir::agg::mean(), &reading::celsius) |
///                weir::map([sensor](double mean) { return std::pair(sensor, mean); });
///     })
///
/// `key(const T&)` returns any type that `absl::Hash` hashes; a `std::string_view` is kept as a
/// string. A key that does not equal itself (a NaN) is a `stage_error` with the cause
/// `unusable_key_error`. `make(const Key&)` returns an operator, always of the same type, and is
/// called when a group begins.
///
/// A group ends
/// - when its own pipeline ends (`take(3)`);
/// - when it has had no item for `idle`;
/// - when room is needed and it had no item for the longest time (`overflow::end_oldest`);
/// - with upstream: the groups that began first end first. If `idle` or `end_oldest` is set, the
///   order of use is known, and the groups that were not used for the longest time end first.
/// Then its pipeline sees the end of its items, so items that it holds (a batch, a window) are
/// passed on. The next item of that key begins a new group. At most `max_groups` groups live; a
/// group that is ending lives until its last item is passed on. With `overflow::fail`, one group
/// too many is a `stage_error`.
///
/// Order: the items of a group stay in order. Groups come in the order of their items, if their
/// pipelines do not wait. A group whose pipeline is busy (`throttle`, `async_map`) can take one
/// item. The next item for it waits, and all items behind that wait too. To avoid this, put a
/// `buffer` into the group's pipeline.
/// Errors: an exception of `key` or `make` becomes a `stage_error` naming "group_by" and `name`. A
/// failure of a group's pipeline passes unchanged, and ends all groups. `std::invalid_argument` if
/// `max_groups` is 0 or `idle` is not positive.
/// Cancellation: all groups are destroyed, with the items they hold.
/// A group's pipeline moves when the table of groups grows, as a stream may between two polls.
/// Cost: one hash lookup per item; one or two allocations per group; 8 bytes for each possible
/// group.
template <class Key, class Make>
auto group_by(Key key, group_limits limits, Make make, std::string_view name = {}) {
    if (limits.max_groups == 0) {
        throw std::invalid_argument("weir::group_by: there must be room for at least 1 group");
    }
    if (limits.idle <= clock::duration::zero()) {
        throw std::invalid_argument("weir::group_by: the idle time must be positive");
    }
    detail::check_overflow(limits.when_full, {overflow::fail, overflow::end_oldest}, "group_by");
    return pipe([key = std::move(key), limits, make = std::move(make),
                 name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<Key, const item_t<S>&>();
        static_assert(std::is_invocable_v<Key&, const item_t<S>&>,
                      "weir::group_by: the key cannot be called with the stream's items");
        static_assert(std::is_invocable_v<Make&, const detail::kept_key_t<Key, S>&>,
                      "weir::group_by: make cannot be called with a key");
        return detail::group_by_stream<S, Key, Make>(std::move(upstream), std::move(key), limits,
                                                     std::move(make), stage("group_by", name));
    });
}

}  // namespace weir
