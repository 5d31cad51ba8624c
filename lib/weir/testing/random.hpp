/// seeded_random: random numbers decided by a seed, the same on every machine and with every
/// compiler.
#pragma once

#include <cstdint>

namespace weir::testing {

/// A small generator (splitmix64). The distributions of the standard library differ between
/// implementations, so a seed found on one machine would not replay on another. With this generator
/// it does.
///
///     seeded_random dice(ctx.seed());
///     if (dice.one_in(4)) stop();
///
/// Not thread-safe. Not for secrets.
class seeded_random {
public:
    explicit constexpr seeded_random(std::uint64_t seed) noexcept : state_(seed) {}

    constexpr std::uint64_t next() noexcept {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
    /// A number from 0 to `n` - 1; 0 if `n` is 0.
    constexpr std::uint64_t below(std::uint64_t n) noexcept { return n == 0 ? 0 : next() % n; }
    /// True once in `n` times, on average.
    constexpr bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

private:
    std::uint64_t state_;
};

}  // namespace weir::testing
