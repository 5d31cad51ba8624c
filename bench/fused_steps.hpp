#pragma once

#include <cstdint>

// The work of the fused_steps bench, in one place so that weir and the loop by hand do the same.
namespace bench {

inline constexpr std::uint64_t fused_items = 100'000'000;

inline std::uint64_t triple(std::uint64_t x) {
    return x * 3;
}
inline bool even(std::uint64_t x) {
    return (x & 1) == 0;
}
inline std::uint64_t mix(std::uint64_t x) {
    return x ^ (x >> 7);
}

}  // namespace bench
