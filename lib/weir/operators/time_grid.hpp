/// Regular times.
#pragma once

#include <weir/runtime/clock.hpp>

namespace weir {

/// The times at each multiple of `period` after the first poll.
struct time_grid {
    clock::duration period;
    clock::time_point start{};

    void begin(clock::time_point now) noexcept { start = now; }
    clock::time_point due(clock::time_point now) const noexcept {
        return start + ((now - start) / period + 1) * period;
    }
    clock::time_point again(clock::time_point, clock::time_point due) const noexcept { return due; }
};

}  // namespace weir
