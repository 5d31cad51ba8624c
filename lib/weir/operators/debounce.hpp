/// debounce: an item, once nothing has come after it for a while.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/operators/detail/latest_stream.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/saturating.hpp>

#include <stdexcept>
#include <utility>

namespace weir {

namespace detail {

/// Each item puts it off.
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

/// Passes on an item when `quiet` has passed since it came and no other has come: of items that
/// come close together only the last. The others are dropped: that is what it is for.
///
///     keystrokes | weir::debounce(300ms)   // search when the typing pauses
///
/// At upstream's end the last item is passed on at once; a failure drops it.
/// Errors: `std::invalid_argument` unless `quiet` is positive. Time is that of the executor's
/// clock; items that are ready together came together. Holds one item. Cost: a clock read a poll
/// and a timer each `quiet`, not one an item.
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
