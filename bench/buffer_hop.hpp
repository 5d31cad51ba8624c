#pragma once

#include <cstddef>
#include <cstdint>

// The work of the buffer_hop bench: integers from one task to another, on two threads.
namespace bench {

inline constexpr std::uint64_t hop_items = 20'000'000;
// Each case is measured with both: it takes its capacity as the first argument.
inline constexpr std::int64_t hop_small = 64;
inline constexpr std::int64_t hop_large = 1024;

// 0 + 1 + ... + (n - 1), which shows that no item was lost or doubled.
inline constexpr std::uint64_t sum_below(std::uint64_t n) {
    return n * (n - 1) / 2;
}

}  // namespace bench
