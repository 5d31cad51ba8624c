/// interval: regular ticks.
#pragma once

#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstdint>
#include <stdexcept>

namespace weir {

namespace detail {

class interval_stream : public pullable<interval_stream> {
public:
    using value_type = std::uint64_t;

    explicit interval_stream(clock::duration period) : period_(period) {
        if (period <= clock::duration::zero()) {
            throw std::invalid_argument("weir::interval: the period must be positive");
        }
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!started_) {
            started_ = true;
            start_ = clock_of(cx.executor()).now();
        }
        const auto due = nth_after(start_, period_, tick_ + 1);
        if (!alarm_.reached(cx, due)) return poll_state::pending;
        // Ticks that passed without a poll are skipped; the item's number shows how many.
        const auto elapsed = clock_of(cx.executor()).now() - start_;
        tick_ = static_cast<std::uint64_t>(elapsed / period_);
        if (!sink(tick_ - 1)) return poll_state::paused;
        cx.wake();
        return poll_state::pending;
    }

private:
    clock::duration period_;
    clock::time_point start_{};
    std::uint64_t tick_ = 0;  // the number of past ticks
    bool started_ = false;
    alarm alarm_;
};

}  // namespace detail

/// A stream of tick numbers 0, 1, 2, ... , one for each `period`. The first tick comes one `period`
/// after the first poll. Endless.
///
/// Ticks keep to the grid of the start, so they do not drift. Ticks missed while the consumer was
/// busy are skipped: the next item carries the number of the latest tick.
/// Errors: `std::invalid_argument` unless the period is positive.
/// Time is that of the executor's clock (`weir::set_clock`).
inline detail::interval_stream interval(clock::duration period) {
    return detail::interval_stream(period);
}

}  // namespace weir
