// Streams that are late, always or at random.

#include <weir/operators/take.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <ranges>
#include <set>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

auto numbers(int n) {
    return weir::from_range(std::views::iota(0, n));
}

}  // namespace

TEST_CASE("interleave_pending suspends before each item and the end, and changes nothing") {
    seeded_context ctx(1);
    script<int> source;
    source.give({1, 2, 3}).end();
    auto result = start(ctx, strict(interleave_pending(source.stream())) | weir::to<std::vector>());
    const std::size_t turns = ctx.settle();
    CHECK(result->get() == std::vector{1, 2, 3});
    CHECK(turns >= 5);
}

TEST_CASE("suspend_at_random changes nothing, and asks upstream a different way under each seed") {
    std::set<std::size_t> polls;
    for_seeds(200, [&](seeded_context& ctx) {
        script<int> source;
        for (int i = 0; i < 20; ++i) source.give(i);
        source.end();
        auto late = strict(suspend_at_random(strict(source.stream()), ctx));
        auto result = start(ctx, std::move(late) | weir::to<std::vector>());
        ctx.run();
        const auto seen = result->get();
        expect(seen.size() == 20 && std::ranges::is_sorted(seen), "all items, in order");
        polls.insert(source.polls());
    });
    CHECK(polls.size() > 5);
}

TEST_CASE("suspend_at_random replays") {
    const auto run_once = [] {
        seeded_context ctx(99);
        auto result = start(
            ctx, suspend_at_random(numbers(50), ctx) | weir::take(30) | weir::to<std::vector>());
        std::size_t handlers = 0;
        ctx.run_until([&] { return ++handlers, result->done; });
        return std::pair(handlers, ctx.time().now());
    };
    CHECK(run_once() == run_once());
}
