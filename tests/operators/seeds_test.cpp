// Every operator, alone and in random pipelines, under many seeds: late input, late consumers,
// failures, early stops and cancellations anywhere.

#include <doctest/doctest.h>
#include <operators/steps.hpp>
#include <support/trial.hpp>

#include <utility>

using namespace weir::testing;

TEST_CASE("each operator keeps its promises under 1,000 seeds") {
    for (const step_maker make : all_steps()) CHECK_NOTHROW(try_under_seeds(1'000, make));
}

TEST_CASE("pipelines of operators drawn at random keep theirs") {
    const auto draw = [](seeded_random& dice) {
        const auto one = [&dice] { return all_steps()[dice.below(all_steps().size())](dice); };
        trial all = one();
        for (auto n = 1 + dice.below(4); n != 0; --n) all = chain(std::move(all), one());
        return all;
    };
    CHECK_NOTHROW(try_under_seeds(3'000, draw));
}
