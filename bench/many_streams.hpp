#pragma once

#include <cstddef>
#include <cstdint>

// The work of the many_streams bench, in one place so that weir and the loop by hand do the same.
namespace bench {

inline constexpr std::uint64_t items_each = 25'000'000;  // of two streams
inline constexpr std::size_t merged_run = 64;

inline std::uint64_t mixed(std::uint64_t x) {
    return x ^ (x >> 7);
}

}  // namespace bench
