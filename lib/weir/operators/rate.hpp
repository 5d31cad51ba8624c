/// rate: how many items in how long a time.
#pragma once

#include <weir/runtime/clock.hpp>

#include <cstdint>

namespace weir {

/// So many items in that time: `rate{100, 1s}`.
struct rate {
    std::uint64_t items;
    clock::duration per;
};

}  // namespace weir
