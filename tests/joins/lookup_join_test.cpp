// lookup_join: the exam, its tables, and what becomes of a key that is not there.

#include <weir/core/stage.hpp>
#include <weir/joins/lookup_join.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <absl/container/flat_hash_map.h>
#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using names = absl::flat_hash_map<int, std::string>;
using texts = std::vector<std::string>;

namespace {

names three_names() {
    return {{1, "one"}, {2, "two"}, {3, "three"}};
}

int key(int x) {
    return x;
}
std::string combine(int x, const std::string& name) {
    return std::to_string(x) + name;
}

/// What comes out of 1, 4, 2 when 4 is not in the table.
template <class Missing>
texts with(Missing missing) {
    auto join = weir::lookup_join(three_names(), key, combine, std::move(missing), "names");
    return run(weir::from_range(std::vector{1, 4, 2}) | std::move(join) | weir::to<std::vector>());
}

}  // namespace

TEST_CASE("lookup_join passes on each item with its entry, in order") {
    examine({.apply =
                 [](in s, probe call) {
                     auto of = [call](const move_only& x) { return call(), x.value(); };
                     auto both = [](move_only x, const std::string& name) {
                         return std::to_string(x.value()) + name;
                     };
                     weir::missing::drop drop{weir::item_count()};
                     return std::move(s) | weir::lookup_join(three_names(), of, both, drop, "exam");
                 },
             .input = {1, 4, 3, 1, 5},
             .expected = {"1one", "3three", "1one"},
             .before_failure = {},
             .filtered = {4, 5},
             .stage = "lookup_join 'exam'"});
}

TEST_CASE("a key that is not there fails the join, unless it was told otherwise") {
    try {
        with(weir::missing::fail());
        FAIL("it did not throw");
    } catch (const weir::stage_error& e) {
        CHECK(std::string(e.what()) ==
              "lookup_join 'names': the table has no entry for an item's key");
        CHECK_THROWS_AS(e.rethrow_cause(), weir::missing_key_error);
    }
}

TEST_CASE("an item without an entry is left out, given a default or put aside, and counted") {
    weir::item_count count;
    CHECK(with(weir::missing::drop(count)) == texts{"1one", "2two"});
    CHECK(count.value() == 1);
    CHECK(with(weir::missing::use(std::string("?"), count)) == texts{"1one", "4?", "2two"});
    CHECK(count.value() == 2);
    std::vector<int> aside;
    auto keep = [&aside](int x) { aside.push_back(x); };
    CHECK(with(weir::missing::divert(keep, count)) == texts{"1one", "2two"});
    CHECK(aside == std::vector{4});
    CHECK(count.value() == 3);
}

TEST_CASE("a side output that fails, fails the join") {
    auto full = [](int) { throw std::runtime_error("the reject file is full"); };
    CHECK_THROWS_WITH(with(weir::missing::divert(full)),
                      "lookup_join 'names': the reject file is full");
}

TEST_CASE("a table may be shared by several joins, and a null one is refused") {
    auto table = std::make_shared<const names>(three_names());
    auto join = weir::lookup_join(table, key, combine);
    for (int i = 0; i < 2; ++i) {
        auto joined = weir::from_range(std::vector{3, 2}) | join | weir::to<std::vector>();
        CHECK(run(std::move(joined)) == texts{"3three", "2two"});
    }
    CHECK_THROWS_WITH_AS(weir::lookup_join(std::shared_ptr<const names>(), key, combine),
                         "weir::lookup_join: the table is null", std::invalid_argument);
}
