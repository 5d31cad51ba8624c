// group_by under many seeds: late items, late groups, failures, early stops, cancellations.

#include <weir/operators/group_by.hpp>
#include <weir/operators/map.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <algorithm>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using in = weir::any_stream<move_only>;
using ints = std::vector<int>;

trial group_trial(seeded_random& dice) {
    const std::size_t most = 1 + dice.below(3);
    const weir::group_limits limits{.max_groups = most, .when_full = weir::overflow::end_oldest};
    return {.name = "group_by",
            .apply =
                [limits, most](in s, seeded_context& ctx) {
                    auto key = [](const move_only& x) { return x.value() % 5; };
                    // A group's first item goes on as a hundred. If there is but one group at a
                    // time, all it passes on is late: several would overtake each other.
                    auto make = [&ctx, most](int) {
                        auto mark = [first = true](move_only x) mutable {
                            if (std::exchange(first, false)) x.add(100);
                            return x;
                        };
                        return weir::pipe([&ctx, mark, most](auto items) -> in {
                            if (most > 1) return std::move(items) | weir::map(mark);
                            return suspend_at_random(std::move(items) | weir::map(mark), ctx);
                        });
                    };
                    return std::move(s) | weir::group_by(key, limits, make);
                },
            .model =
                [most](const ints& xs) {
                    forecast out;
                    ints live;  // keys, the one used last at the back
                    for (const int x : xs) {
                        const auto found = std::find(live.begin(), live.end(), x % 5);
                        const bool fresh = found == live.end();
                        if (!fresh) live.erase(found);
                        if (live.size() == most) live.erase(live.begin());
                        live.push_back(x % 5);
                        out.items.push_back(fresh ? x + 100 : x);
                    }
                    return out;
                },
            .drops_on_failure = true};
}

}  // namespace

TEST_CASE("groups keep their promises under 1,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(1'000, group_trial));
}
