/// debounce: an item that is followed by a pause.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/operators/detail/latest_stream.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/saturating.hpp>

#include <stdexcept>
#include <utility>

namespace weir {

namespace detail {

/// The timing of `debounce`: each item postpones the deadline.
struct after_quiet {
    clock::duration quiet;

    void begin(clock::time_point) const noexcept {}
    clock::time_point due(clock::time_point now) const noexcept {
        return deadline_after(now, quiet);
    }
    clock::time_point again(clock::time_point now, clock::time_point) const noexcept {
        return deadline_after(now, quiet);
    }
};

}  // namespace detail

/// Passes on an item when `quiet` has passed since it came and no other item has come. So of items
/// that come close together, only the last is passed on; the others are dropped.
///
///     keystrokes | weir::debounce(300ms)   // search when the typing pauses
///
/// At upstream's end the last item is passed on at once; a failure drops it.
/// Errors: `std::invalid_argument` unless `quiet` is positive. Time is that of the executor's
/// clock; items that are ready together count as arriving together. Holds one item.
/// Cost: one clock read per poll and one timer per `quiet`, not one per item.
inline auto debounce(clock::duration quiet) {
    if (quiet <= clock::duration::zero()) {
        throw std::invalid_argument("weir::debounce: the time must be positive");
    }
    return pipe([quiet](auto upstream) {
        check_owned_items<decltype(upstream)>();
        return detail::latest_stream<decltype(upstream), detail::after_quiet>(std::move(upstream),
                                                                              {quiet});
    });
}

}  // namespace weir
