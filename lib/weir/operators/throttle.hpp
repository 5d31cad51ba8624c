/// throttle: limits the number of items per time.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/operators/detail/token_bucket.hpp>
#include <weir/operators/rate.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class throttle_stream : public pullable<throttle_stream<S>> {
public:
    using value_type = item_t<S>;

    throttle_stream(S upstream, token_bucket bucket)
        : upstream_(std::move(upstream)), bucket_(std::move(bucket)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const clock& time = clock_of(cx.executor());
        for (;;) {
            if (waiting_) {
                if (!alarm_.reached(cx, bucket_.due())) return poll_state::pending;
                bucket_.take(time.now());
                value_type x = *std::exchange(waiting_, std::nullopt);
                if (!sink(std::move(x))) return poll_state::paused;
            }
            const auto now = time.now();
            const poll_state state = upstream_.poll(cx, [&](value_type&& x) -> bool {
                if (bucket_.take(now)) return sink(std::move(x));
                waiting_.emplace(std::move(x));
                return false;
            });
            if (!waiting_) return state;
        }
    }

private:
    S upstream_;
    token_bucket bucket_;
    std::optional<value_type> waiting_;  // waits for its token
    alarm alarm_;
};

}  // namespace detail

/// Passes on all items, in order, but at most `r.items` in each `r.per`, after a burst of at most
/// `burst`. An item without a token waits, and upstream waits too (backpressure). No item is
/// dropped.
///
///     requests | weir::throttle({100, 1s})        // one each 10 ms
///     requests | weir::throttle({100, 1s}, 20)    // 20 at once after a pause, then one each 10 ms
///
/// It is a token bucket: it starts full, and each unused 1/`r.items` of `r.per` saves a token, up
/// to `burst` tokens. In any time t, at most `burst + t * r.items / r.per` items pass. It holds at
/// most one item, so the end and a failure of upstream are seen without delay.
/// Errors: `std::invalid_argument` if a number is 0 or negative, or if the burst amounts to
/// centuries.
/// Cancellation: a waiting item is dropped with the pipeline.
/// Time is that of the executor's clock. Cost: one clock read per chunk of items, one timer per
/// wait.
inline auto throttle(rate r, std::uint64_t burst = 1) {
    return pipe([bucket = detail::token_bucket(r, burst, "throttle")](auto upstream) {
        check_owned_items<decltype(upstream)>();
        return detail::throttle_stream<decltype(upstream)>(std::move(upstream), bucket);
    });
}

}  // namespace weir
