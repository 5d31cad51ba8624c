/// sample: the latest item, at regular times.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/operators/detail/latest_stream.hpp>
#include <weir/operators/detail/time_grid.hpp>
#include <weir/runtime/clock.hpp>

#include <stdexcept>
#include <utility>

namespace weir {

/// Passes on the latest item at each multiple of `period` after the first poll, if an item has come
/// since the last time. Other items are dropped.
///
///     position | weir::sample(100ms)   // ten a second are enough to draw
///
/// At upstream's end the last item is passed on at once; a failure drops it.
/// Errors: `std::invalid_argument` unless the period is positive. Time is that of the executor's
/// clock. Holds one item.
/// Cost: one clock read per poll, and one timer per period in which items come.
inline auto sample(clock::duration period) {
    if (period <= clock::duration::zero()) {
        throw std::invalid_argument("weir::sample: the period must be positive");
    }
    return pipe([period](auto upstream) {
        check_owned_items<decltype(upstream)>();
        return detail::latest_stream<decltype(upstream), detail::time_grid>(std::move(upstream),
                                                                            {period});
    });
}

}  // namespace weir
