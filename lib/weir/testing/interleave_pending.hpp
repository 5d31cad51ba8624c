/// interleave_pending: a stream that is pending before each item.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <utility>

namespace weir::testing {

/// Answers `pending` before each item and before the end, after it has asked to be polled again. So
/// every operator sees input that must be waited for.
template <class S>
class interleave_pending : public pullable<interleave_pending<S>> {
public:
    using value_type = item_t<S>;

    explicit interleave_pending(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (std::exchange(wait_, !wait_)) {
            cx.wake();
            return poll_state::pending;
        }
        bool more = true;
        const poll_state state = upstream_.poll(cx, [&](value_type&& x) -> bool {
            more = sink(std::move(x));
            return false;
        });
        if (state == poll_state::pending) wait_ = false;  // upstream has an item then
        if (state != poll_state::paused) return state;
        if (!more) return poll_state::paused;
        cx.wake();
        wait_ = false;
        return poll_state::pending;
    }

private:
    S upstream_;
    bool wait_ = true;
};

}  // namespace weir::testing
