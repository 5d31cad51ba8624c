/// From a stream into a channel, with backpressure: the step `buffer` and `into` share.
#pragma once

#include <weir/channel/channel.hpp>
#include <weir/core/stream.hpp>

#include <utility>

namespace weir::detail {

/// Polls `stream` into `to` until either has no more. Precondition: there is room.
template <class S>
poll_state fill(poll_context& cx, S& stream, channel_state<item_t<S>>& to) {
    typename channel_state<item_t<S>>::put_chunk items(cx, to);
    return stream.poll(
        cx, [&items](item_t<S>&& x) WEIR_FUSED -> bool { return items.put(std::move(x)); });
}

/// Polls `stream` into `to` as far as both allow in this turn. `finished` when the stream has
/// ended or the receiver is gone; the channel is left open. What is at hand is published before it
/// returns: a chunk never delays an item.
template <class S>
poll_state send_all(poll_context& cx, S& stream, channel_state<item_t<S>>& to) {
    const auto sending = to.begin_sending();
    for (;;) {
        if (!to.poll_room(cx)) return poll_state::pending;
        if (to.is_closed()) return poll_state::finished;
        const poll_state state = fill(cx, stream, to);
        to.publish_last();
        if (state == poll_state::pending && to.poll_abandoned(cx)) return poll_state::finished;
        if (state != poll_state::paused) return state;
    }
}

}  // namespace weir::detail
