/// Of two streams that are polled in an order: who goes first.
#pragma once

#include <weir/core/poll.hpp>

#include <utility>

namespace weir {

/// For a stream that polls two, of which the first may never cease: where that has taken a whole
/// turn of the segment, so that nothing was left for the second, the next turn begins with the
/// second.
///
///     if (!turn_.begin_with_second(cx)) poll_the_first(cx);   // asked once a poll
///     turn_.polled_first(cx);
///     poll_the_second(cx);
///
/// A part of a stream; not thread-safe.
class fair_order {
public:
    bool begin_with_second(const poll_context& cx) noexcept {
        // Where one who was polled before this stream has spent the turn, it is neither's.
        const bool someones = !cx.spent();
        const bool second = someones && std::exchange(second_is_due_, false);
        counts_ = someones && !second;
        return second;
    }

    /// Says that the first, unless it was the second's turn, has been polled. Of several calls in
    /// a poll the first counts.
    void polled_first(const poll_context& cx) noexcept {
        if (std::exchange(counts_, false)) second_is_due_ = cx.spent();
    }

private:
    bool counts_ = false;
    bool second_is_due_ = false;
};

}  // namespace weir
