/// The common part of `debounce` and `sample`: passes on the latest item when its time has come.
#pragma once

#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <optional>
#include <utility>

namespace weir::detail {

/// Holds the latest item until the time that `Timing` decides:
/// - `begin(now)` is called at the first poll;
/// - `due(now)` is called when an item has come and none was held;
/// - `again(now, due)` is called when an item has replaced another; its result is not before `due`.
template <class S, class Timing>
class latest_stream : public pullable<latest_stream<S, Timing>> {
public:
    using value_type = item_t<S>;

    latest_stream(S upstream, Timing timing)
        : upstream_(std::move(upstream)), timing_(std::move(timing)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        // First, so that an item that comes late does not replace an item that is due.
        if (latest_ && !ended_ && due(cx) && !hand_over(sink)) return poll_state::paused;
        if (!ended_) listen(cx);
        if (!ended_) return poll_state::pending;
        return !latest_ || hand_over(sink) ? poll_state::finished : poll_state::paused;
    }

private:
    void listen(poll_context& cx) {
        const clock& time = clock_of(cx.executor());
        if (!std::exchange(begun_, true)) timing_.begin(time.now());
        const bool held = latest_.has_value();
        bool came = false;
        const poll_state state = upstream_.poll(cx, [this, &came](value_type&& x) -> bool {
            latest_.reset();
            latest_.emplace(std::move(x));
            return came = true;
        });
        ended_ = state == poll_state::finished;
        if (ended_) return alarm_.cancel();
        if (came && held) due_ = timing_.again(time.now(), due_);
        if (came && !held) wake_up_ = due_ = timing_.due(time.now());
        if (latest_ && due(cx)) cx.wake();
    }

    /// True if the item is due. Otherwise arranges a poll for that time. An alarm keeps its time
    /// until it rings, even if the deadline was postponed meanwhile.
    bool due(poll_context& cx) {
        while (alarm_.reached(cx, wake_up_)) {
            if (wake_up_ == due_) return true;
            wake_up_ = due_;
        }
        return false;
    }

    template <class Sink>
    bool hand_over(Sink& sink) {
        value_type x = *std::exchange(latest_, std::nullopt);
        return sink(std::move(x));
    }

    S upstream_;
    Timing timing_;
    std::optional<value_type> latest_;
    clock::time_point due_{};
    clock::time_point wake_up_{};  // never after `due_`
    alarm alarm_;
    bool begun_ = false;
    bool ended_ = false;  // upstream has ended
};

}  // namespace weir::detail
