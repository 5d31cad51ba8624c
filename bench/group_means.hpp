#pragma once

#include <cstdint>

// The work of the group_by bench, in one place so that weir and the loop by hand do the same: the
// running mean of each of 1,000 sensors, after each of their readings.
namespace bench {

inline constexpr std::uint64_t readings = 20'000'000;
inline constexpr std::uint64_t sensors = 1'000;

struct reading {
    std::uint64_t sensor;
    double value;
};
inline reading reading_number(std::uint64_t n) {
    std::uint64_t dice = n * 0x9e3779b97f4a7c15;
    dice ^= dice >> 32;
    return {dice % sensors, static_cast<double>(n & 1023)};
}

}  // namespace bench
