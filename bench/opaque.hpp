#pragma once

#include <cstdint>

namespace bench {

// The value, in a register, as something the compiler can know nothing about: a bound passed
// through here cannot be folded into the loop it bounds.
inline std::uint64_t opaque(std::uint64_t value) {
    asm volatile("" : "+r"(value));
    return value;
}

// Uses the value, so that the work which led to it cannot be dropped.
inline void keep(std::uint64_t value) {
    asm volatile("" : : "r"(value) : "memory");
}

}  // namespace bench
