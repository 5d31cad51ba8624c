// Elsewhere, a join with a table that is loaded by a task of its own handled the first items while
// the table was still empty, and dropped them as unknown. A join never handles an item before its
// table is there, however late and in however many pieces it comes.

#include <weir/joins/latest_join.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace weir::testing;
using update = weir::table_update<int, int>;

TEST_CASE("a join never handles an item before its table is there") {
    CHECK_NOTHROW(for_seeds(1'000, [](seeded_context& ctx) {
        std::vector<update> table;
        std::vector<int> items;
        for (int i = 0; i < 20; ++i) {
            table.push_back(update::put(i, 10 * i));
            items.push_back(i);
        }
        if (ctx.random().one_in(2)) table.push_back(update::complete());
        auto loaded = suspend_at_random(weir::from_range(std::move(table)), ctx) | weir::buffer(3);
        weir::item_count misses;
        auto join = weir::latest_join(
            std::move(loaded), [](int x) { return x; }, [](int x, int y) { return x + y; },
            weir::missing::drop(misses));
        auto result = start(ctx, weir::from_range(std::move(items)) | weir::buffer(4) |
                                     std::move(join) | weir::to<std::vector>());
        ctx.run();
        expect(misses.value() == 0, "the table was there");
        expect(result->get().size() == 20, "no item is lost");
    }));
}
