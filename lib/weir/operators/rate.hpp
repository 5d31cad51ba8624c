/// rate: a number of items per time.
#pragma once

#include <weir/runtime/clock.hpp>

#include <cstdint>

namespace weir {

/// `items` items in the time `per`: `rate{100, 1s}`.
struct rate {
    std::uint64_t items;
    clock::duration per;
};

}  // namespace weir
