// The steps that hold items, under many seeds: late input, late consumers, failures, early stops
// and cancellations anywhere.

#include <weir/operators/batch.hpp>
#include <weir/operators/dedup_recent.hpp>
#include <weir/operators/default_if_empty.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/intersperse.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/start_with.hpp>
#include <weir/operators/take_last.hpp>
#include <weir/operators/window.hpp>
#include <weir/testing/expect.hpp>

#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using in = weir::any_stream<move_only>;
using ints = std::vector<int>;

trial take_last_step(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(6);
    return {.name = "take_last",
            .apply = [n](in s, seeded_context&) { return std::move(s) | weir::take_last(n); },
            .model =
                [n](const ints& xs) {
                    const auto last = static_cast<std::ptrdiff_t>(std::min(n, xs.size()));
                    return forecast{ints(xs.end() - last, xs.end()), false};
                },
            .drops_on_failure = true};
}

trial window_step(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(4);
    return {.name = "window",
            .apply =
                [n](in s, seeded_context&) {
                    auto sum = [](const weir::window_view<move_only>& w) {
                        int all = 0;
                        for (const move_only& x : w) all += x.value();
                        return move_only(all);
                    };
                    return std::move(s) | weir::window(n) | weir::map(sum);
                },
            .model =
                [n](const ints& xs) {
                    forecast out;
                    for (auto end = n; end <= xs.size(); ++end) {
                        const auto last = xs.begin() + static_cast<std::ptrdiff_t>(end);
                        const auto first = last - static_cast<std::ptrdiff_t>(n);
                        out.items.push_back(std::accumulate(first, last, 0));
                    }
                    return out;
                }};
}

trial intersperse_step(seeded_random&) {
    return {.name = "intersperse",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) | weir::intersperse([] { return move_only(77); });
                },
            .model =
                [](const ints& xs) {
                    forecast out;
                    for (const int x : xs) {
                        if (!out.items.empty()) out.items.push_back(77);
                        out.items.push_back(x);
                    }
                    return out;
                }};
}

trial start_with_step(seeded_random&) {
    return {.name = "start_with",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) |
                           weir::start_with(move_only(7), move_only(8), move_only(9));
                },
            .model =
                [](const ints& xs) {
                    forecast out{{7, 8, 9}, false};
                    out.items.insert(out.items.end(), xs.begin(), xs.end());
                    return out;
                }};
}

trial default_if_empty_step(seeded_random& dice) {
    const bool empty = dice.one_in(2);
    return {.name = "default_if_empty",
            .apply =
                [empty](in s, seeded_context&) {
                    return std::move(s) | weir::take_last(empty ? 100 : 1) |
                           weir::default_if_empty(move_only(77));
                },
            .model =
                [empty](const ints& xs) {
                    if (xs.empty()) return forecast{{77}, false};
                    return forecast{empty ? xs : ints{xs.back()}, false};
                },
            .drops_on_failure = true};
}

trial dedup_recent_step(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(4);
    return {.name = "dedup_recent",
            .apply =
                [n](in s, seeded_context&) {
                    auto value = [](const move_only& x) { return x.value(); };
                    return std::move(s) | weir::dedup_recent(n, value);
                },
            .model =
                [n](const ints& xs) {
                    forecast out;
                    for (const int x : xs) {
                        const auto back = std::min(n, out.items.size());
                        const auto from = out.items.end() - static_cast<std::ptrdiff_t>(back);
                        if (std::find(from, out.items.end(), x) == out.items.end()) {
                            out.items.push_back(x);
                        }
                    }
                    return out;
                }};
}

/// Batches by any limit, in single items again.
trial batch_step(seeded_random& dice) {
    weir::batch_limits limits{.max_bytes = 1 + dice.below(20)};
    if (dice.one_in(2)) limits.max_items = 1 + dice.below(5);
    if (dice.one_in(2)) limits.wait = std::chrono::milliseconds(dice.below(6));
    return {.name = "batch by limits",
            .apply =
                [limits](in s, seeded_context&) {
                    auto weigh = [](const move_only& x) { return x.value(); };
                    auto look = [limits](std::vector<move_only> xs) {
                        std::size_t sum = 0;
                        for (const move_only& x : xs) sum += static_cast<std::size_t>(x.value());
                        expect(!xs.empty() && xs.size() <= limits.max_items, "as many as may be");
                        expect(xs.size() == 1 || sum <= limits.max_bytes, "as heavy as may be");
                        return xs;
                    };
                    return std::move(s) | weir::batch(limits, weigh) | weir::map(look) |
                           weir::flatten();
                },
            .model = [](const ints& xs) { return forecast{xs, false}; },
            .drops_on_failure = true};
}

}  // namespace

TEST_CASE("each step that holds items keeps its promises under 1,000 seeds") {
    for (const auto make : {take_last_step, window_step, intersperse_step, start_with_step,
                            default_if_empty_step, dedup_recent_step, batch_step}) {
        CHECK_NOTHROW(try_under_seeds(1'000, make));
    }
}
