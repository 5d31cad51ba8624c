#pragma once

#include <chrono>
#include <cstdint>

#include "opaque.hpp"

// Work of a known length, that depends on nothing but the processor.
namespace bench {

// Each step waits for the one before it: some nanoseconds a few, and the same on every thread.
inline std::uint64_t spin(std::uint64_t x, std::uint64_t steps) {
    for (; steps != 0; --steps) x = x * 6364136223846793005u + 1442695040888963407u;
    return x;
}

// How many steps an item make it worth so many nanoseconds, one item after the other. (Processors
// begin with an item before they are done with the last: steps of single items say little.)
inline std::uint64_t steps_worth(std::uint64_t nanoseconds) {
    std::uint64_t steps = nanoseconds;
    for (int round = 0; round < 5; ++round) {
        const std::uint64_t items = opaque(200'000'000 / nanoseconds);
        std::uint64_t sum = 0;
        const auto began = std::chrono::steady_clock::now();
        for (std::uint64_t i = 0; i != items; ++i) sum += spin(i, opaque(steps));
        const std::chrono::duration<double, std::nano> spent =
            std::chrono::steady_clock::now() - began;
        keep(sum);
        const double an_item = spent.count() / static_cast<double>(items);
        steps = static_cast<std::uint64_t>(static_cast<double>(steps * nanoseconds) / an_item);
    }
    return steps;
}

}  // namespace bench
