/// time_grid: regular times.
#pragma once

#include <weir/runtime/clock.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstdint>

namespace weir::detail {

/// The times at each multiple of `period` after the first poll.
struct time_grid {
    clock::duration period;
    clock::time_point start{};

    void begin(clock::time_point now) noexcept { start = now; }
    clock::time_point last(clock::time_point now) const noexcept {
        return nth_after(start, period, passed(now));
    }
    clock::time_point due(clock::time_point now) const noexcept {
        return nth_after(start, period, passed(now) + 1);
    }
    clock::time_point again(clock::time_point, clock::time_point due) const noexcept { return due; }

private:
    std::uint64_t passed(clock::time_point now) const noexcept {
        return static_cast<std::uint64_t>((now - start) / period);
    }
};

}  // namespace weir::detail
