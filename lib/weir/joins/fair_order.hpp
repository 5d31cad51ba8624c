/// fair_order: decides which of two streams is polled first.
#pragma once

#include <weir/core/poll.hpp>

#include <utility>

namespace weir {

/// Orders the polls of two streams when the first may be ready without end. If the first stream
/// takes a whole turn of the segment, no time is left for the second one. So the next turn begins
/// with the second stream.
///
///     if (!turn_.begin_with_second(cx)) poll_the_first(cx);   // once per poll
///     turn_.polled_first(cx);
///     poll_the_second(cx);
///
/// A member of a stream; not thread-safe.
class fair_order {
public:
    bool begin_with_second(const poll_context& cx) noexcept {
        // If an earlier stream already used up this turn's budget, the turn counts for neither
        // input.
        const bool turn_is_ours = !cx.spent();
        const bool second = turn_is_ours && std::exchange(second_is_due_, false);
        counts_ = turn_is_ours && !second;
        return second;
    }

    /// Notes that the first stream has been polled, unless the turn was the second stream's. Only
    /// the first of several calls in a poll counts.
    void polled_first(const poll_context& cx) noexcept {
        if (std::exchange(counts_, false)) second_is_due_ = cx.spent();
    }

private:
    bool counts_ = false;
    bool second_is_due_ = false;
};

}  // namespace weir
