// The joins under many seeds: late items, late tables, failures, early stops, cancellations.

#include <weir/joins/latest_join.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using in = weir::any_stream<move_only>;
using update = weir::table_update<int, int>;

/// A table of the even numbers up to 8, written in two goes so that a gap in the gate is seen.
std::vector<update> even_numbers() {
    std::vector<update> table;
    for (int i = 0; i < 10; ++i) table.push_back(update::put(i, -1));
    for (int i = 0; i < 10; ++i) {
        table.push_back(i % 2 == 0 ? update::put(i, 100) : update::remove(i));
    }
    return table;
}

trial latest_join_trial(seeded_random& dice) {
    auto table = even_numbers();
    if (dice.one_in(2)) {  // says so, and goes on with what nobody asks for
        table.push_back(update::complete());
        for (int i = 0; i < 5; ++i) table.push_back(update::put(20 + i, 0));
    }
    return {.name = "latest_join",
            .apply =
                [table](in s, seeded_context& ctx) {
                    auto updates = suspend_at_random(weir::from_range(table), ctx);
                    auto key = [](const move_only& x) { return x.value(); };
                    auto add = [](move_only x, int n) {
                        expect(n == 100, "the table is complete");
                        x.add(n);
                        return x;
                    };
                    return std::move(s) |
                           weir::latest_join(std::move(updates), key, add, weir::missing::drop({}));
                },
            .model =
                [](const std::vector<int>& xs) {
                    forecast out;
                    for (const int x : xs) {
                        if (x % 2 == 0) out.items.push_back(x + 100);
                    }
                    return out;
                }};
}

}  // namespace

TEST_CASE("latest_join keeps its promises under 1,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(1'000, latest_join_trial));
}
