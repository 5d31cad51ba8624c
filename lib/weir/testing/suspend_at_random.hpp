/// suspend_at_random: a stream that is late at random.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>
#include <weir/testing/seeded_context.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace weir::testing {

/// Passes everything on. Before each item and before the end, it chooses at random (with the
/// context's numbers) to go on at once, to suspend until the next turn, or to sleep for a few
/// milliseconds of virtual time. It also stops its upstream at random items, and asks again. So
/// operators in front of it meet a consumer that may refuse at any time, and operators behind it
/// meet late input.
///
///     suspend_at_random(source.stream(), ctx) | weir::batch(3) | ...
///
/// Adds and drops no items. The context must outlive it, and run it.
template <class S>
class suspend_at_random : public pullable<suspend_at_random<S>> {
public:
    using value_type = item_t<S>;

    suspend_at_random(S upstream, seeded_context& ctx)
        : upstream_(std::move(upstream)), dice_(&ctx.random()) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            if (!ready(cx)) return poll_state::pending;
            bool more = true;
            const poll_state state = upstream_.poll(cx, [&](value_type&& x) -> bool {
                more = sink(std::move(x));
                return more && !dice_->one_in(3);
            });
            if (state != poll_state::paused) return state;
            decided_ = false;
            if (!more) return state;
        }
    }

private:
    /// Decides once what happens before the next item, and then does it.
    bool ready(poll_context& cx) {
        if (!std::exchange(decided_, true)) {
            const auto what = dice_->below(4);
            if (what == 0) {
                cx.wake();
                return false;
            }
            if (what == 1) {
                const std::chrono::milliseconds nap(1 + dice_->below(5));
                until_ = deadline_after(clock_of(cx.executor()).now(), nap);
            }
        }
        if (!until_) return true;
        if (!alarm_.reached(cx, *until_)) return false;
        until_.reset();
        return true;
    }

    S upstream_;
    seeded_random* dice_;
    bool decided_ = false;
    std::optional<clock::time_point> until_;
    alarm alarm_;
};

}  // namespace weir::testing
