// The dice.

#include <weir/testing/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>

using weir::testing::seeded_random;

TEST_CASE("a seed gives the same numbers everywhere") {
    seeded_random dice(0);  // the published first values of splitmix64
    CHECK(dice.next() == 0xe220a8397b1dcdaf);
    CHECK(dice.next() == 0x6e789e6aa1b965f4);
    CHECK(dice.next() == 0x06c45d188009454f);
}

TEST_CASE("numbers are spread over their range") {
    seeded_random dice(1);
    std::array<int, 6> seen{};
    for (int i = 0; i < 6'000; ++i) ++seen.at(dice.below(6));
    for (const int n : seen) {
        CHECK(n > 800);
        CHECK(n < 1'200);
    }
    CHECK(dice.below(1) == 0);
    CHECK(dice.below(0) == 0);
    CHECK(dice.one_in(1));
}
