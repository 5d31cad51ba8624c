#pragma once

#include <cstdint>

// The work of the ten_steps bench, in one place so that weir and the loop by hand do the same: five
// maps and five filters in turn. (The rules are simple so that the steps show, not the work.)
namespace bench {

inline constexpr std::uint64_t ten_steps_items = 100'000'000;

inline std::uint64_t step_1(std::uint64_t x) {
    return x * 3;
}
inline bool step_2(std::uint64_t x) {
    return (x & 1) == 0;
}
inline std::uint64_t step_3(std::uint64_t x) {
    return x ^ (x >> 7);
}
inline bool step_4(std::uint64_t x) {
    return (x & 6) != 0;
}
inline std::uint64_t step_5(std::uint64_t x) {
    return x + 0x9e37;
}
inline bool step_6(std::uint64_t x) {
    return (x & 24) != 0;
}
inline std::uint64_t step_7(std::uint64_t x) {
    return x ^ (x << 3);
}
inline bool step_8(std::uint64_t x) {
    return (x & 96) != 0;
}
inline std::uint64_t step_9(std::uint64_t x) {
    return x * 5;
}
inline bool step_10(std::uint64_t x) {
    return (x & 384) != 0;
}

}  // namespace bench
