// The operators that wait, under many seeds: late items, failures, early stops, cancellations.

#include <weir/operators/debounce.hpp>
#include <weir/operators/delay.hpp>
#include <weir/operators/sample.hpp>
#include <weir/operators/throttle.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

using namespace weir::testing;
using ms = std::chrono::milliseconds;
using in = weir::any_stream<move_only>;

namespace {

trial throttle_trial(seeded_random& dice) {
    const weir::rate r{1 + dice.below(3), ms(1 + dice.below(5))};
    const auto burst = 1 + dice.below(4);
    return {.name = "throttle",
            .apply = [r, burst](
                         in s, seeded_context&) { return std::move(s) | weir::throttle(r, burst); },
            .model = same};
}

trial delay_trial(seeded_random& dice) {
    const ms by(dice.below(6));
    const std::size_t most = 1 + dice.below(4);
    return {
        .name = "delay",
        .apply = [by, most](in s, seeded_context&) { return std::move(s) | weir::delay(by, most); },
        .model = same,
        .drops_on_failure = true};
}

/// An operator that drops items: what is left is in order, and ends with the last one.
template <class Make>
void check_latest(Make make) {
    CHECK_NOTHROW(for_seeds(1'000, [make](seeded_context& ctx) {
        seeded_random& dice = ctx.random();
        script<int> source;
        ms time(0);
        const int n = static_cast<int>(dice.below(12));
        for (int i = 0; i < n; ++i) source.at(time += ms(dice.below(4))).give(i);
        source.end();
        auto stream = strict(suspend_at_random(source.stream(), ctx) | make(ms(1 + dice.below(5))));
        auto result =
            start(ctx, suspend_at_random(std::move(stream), ctx) | weir::to<std::vector>());
        ctx.run();
        const std::vector<int> seen = result->get();
        expect(std::is_sorted(seen.begin(), seen.end()), "in order");
        expect(std::adjacent_find(seen.begin(), seen.end()) == seen.end(), "none twice");
        expect(n == 0 ? seen.empty() : seen.back() == n - 1, "the last one is there");
        expect(ctx.time().sleepers() == 0, "no alarm is left");
    }));
}

}  // namespace

TEST_CASE("throttle and delay keep their promises under 1,000 seeds") {
    for (const auto make : {throttle_trial, delay_trial}) {
        CHECK_NOTHROW(try_under_seeds(1'000, make));
    }
}

TEST_CASE("debounce and sample never lose the last item, nor the order") {
    check_latest(weir::debounce);
    check_latest(weir::sample);
}
