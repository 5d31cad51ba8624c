/// switch_latest: the items of the newest stream in a stream of streams.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/joins/fair_order.hpp>
#include <weir/runtime/detail/ready_set.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class switch_latest_stream : public pullable<switch_latest_stream<S>> {
    using inner_stream = item_t<S>;

public:
    using value_type = item_t<inner_stream>;

    explicit switch_latest_stream(S upstream) : streams_(std::in_place, std::move(upstream)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_context::scoped_grant_limit often_interrupted(cx, 64);
        ready_.begin();
        ready_.collect();
        bool no = false;
        if (turn_.begin_with_second(cx)) pass_on(cx, sink, no);
        while (!no) {
            ready_.collect();
            if (streams_ && ready_.contains(outer)) look_for_a_newer_one(cx);
            turn_.polled_first(cx);
            if (!newest_ && !streams_) return poll_state::finished;
            if (pass_on(cx, sink, no) == poll_state::pending) {
                ready_.wait(cx);
                return poll_state::pending;
            }
        }
        return poll_state::paused;
    }

private:
    // The numbers of the two streams in `ready_`, in order of preference.
    static constexpr std::size_t outer = 0;
    static constexpr std::size_t inner = 1;

    void look_for_a_newer_one(poll_context& cx) {
        const poll_context::scoped_poller by_its_waker(cx, ready_.waker_of(outer));
        const poll_state state = streams_->poll(cx, [this](inner_stream&& next) -> bool {
            newest_.reset();  // before the next one is made, because it may hold a resource that
                              // the next one needs
            newest_.emplace(std::move(next));
            ready_.add(inner);
            return true;
        });
        ready_.remove(outer);
        if (state == poll_state::finished) streams_.reset();
    }

    /// Passes on the items of the newest stream, until one of the two streams was woken. Sets `no`
    /// when the sink refuses. Pending when the newest stream has no item.
    template <class Sink>
    poll_state pass_on(poll_context& cx, Sink& sink, bool& no) {
        if (!newest_ || !ready_.contains(inner)) return poll_state::pending;
        const poll_context::scoped_poller by_its_waker(cx, ready_.waker_of(inner));
        const poll_state state = newest_->poll(cx, [&](value_type&& x) -> bool {
            no = !sink(std::move(x));
            return !no && !ready_.woken_before(inner);
        });
        if (state != poll_state::paused) ready_.remove(inner);
        if (state == poll_state::finished) newest_.reset();
        return state;
    }

    std::optional<S> streams_;
    std::optional<inner_stream> newest_;
    ready_set ready_{2};
    fair_order turn_;  // of the two streams
};

}  // namespace detail

/// Passes on the items of the newest stream in a stream of streams. When the next stream comes, the
/// stream before it is destroyed, even if it still has items.
///
///     searches | weir::map(find)          // weir::any_stream<hit> find(query)
///              | weir::switch_latest()    // only the hits of the newest query
///
/// Before each item, the operator checks for a newer stream. If these checks take a whole turn of
/// the segment, the next turn begins with the newest stream so far. If several streams come at
/// once, only the last is polled.
/// End: when the stream of streams and the newest stream have ended.
/// Errors: the first failure of either ends the whole.
/// Cancellation: both are destroyed.
inline auto switch_latest() {
    return pipe([](auto upstream) {
        using S = decltype(upstream);
        detail::check_stream<item_t<S>>();
        return detail::switch_latest_stream<S>(std::move(upstream));
    });
}

}  // namespace weir
