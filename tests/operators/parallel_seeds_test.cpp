// parallel under many seeds: its workers are handlers of the seeded context, so that every order in
// which they and the stage may run is tried.

#include <weir/core/pipe.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/parallel.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <algorithm>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using ints = std::vector<int>;

namespace {

trial function_step(seeded_random& dice) {
    const auto workers = 1 + dice.below(3);
    return {.name = "parallel",
            .apply = [workers](in s, seeded_context&) -> in {
                auto f = [](move_only x) {
                    x.add(1);
                    return x;
                };
                return std::move(s) | weir::parallel(workers, f);
            },
            .model = each([](int x) { return ints{x + 1}; })};
}

// The operators drop items, make more of them, and suspend in between.
trial operators_step(seeded_random& dice) {
    const auto workers = 1 + dice.below(3);
    return {.name = "parallel operators",
            .apply = [workers](in s, seeded_context& ctx) -> in {
                auto f = [](move_only x) {
                    std::vector<move_only> xs;
                    for (int i = x.value() % 3; i > 0; --i) xs.emplace_back(x.value() + i);
                    return xs;
                };
                auto late =
                    weir::pipe([&ctx](auto up) { return suspend_at_random(std::move(up), ctx); });
                return std::move(s) | weir::parallel(workers, late | weir::flat_map(f) | late);
            },
            .model = each([](int x) {
                return x % 3 == 0 ? ints{} : x % 3 == 1 ? ints{x + 1} : ints{x + 2, x + 1};
            })};
}

// The operators have tasks of their own, and give results when the worker has no items.
trial nested_step(seeded_random& dice) {
    const auto workers = 1 + dice.below(3);
    return {.name = "parallel in parallel",
            .apply = [workers](in s, seeded_context&) -> in {
                auto f = [](move_only x) {
                    x.add(1);
                    return x;
                };
                return std::move(s) | weir::parallel(1, weir::parallel(workers, f));
            },
            .model = each([](int x) { return ints{x + 1}; }),
            .drops_on_failure = true};
}

}  // namespace

TEST_CASE("parallel keeps its promises under 2,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(2'000, function_step));
}

TEST_CASE("parallel with operators that suspend keeps its promises under 2,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(2'000, operators_step));
}

TEST_CASE("parallel with operators that have tasks of their own keeps its promises") {
    CHECK_NOTHROW(try_under_seeds(1'000, nested_step));
}
