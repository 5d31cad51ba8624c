// latest_join: the exam, the gate, changes while items pass, and how either side may end.

#include <weir/joins/latest_join.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using update = weir::table_update<int, std::string>;

namespace {

int key(int x) {
    return x;
}
std::string combine(int x, const std::string& name) {
    return std::to_string(x) + name;
}

// A join of scripted items with scripted updates.
struct fixture {
    asio::io_context io;
    script<int> items;
    script<update> updates;
    weir::missing::use<std::string> missing{"?"};
    probe_sink<std::string> out{
        io, strict(items.stream() | weir::latest_join(updates.stream(), key, combine, missing))};

    void complete() { updates.give(update::complete()); }
};

}  // namespace

TEST_CASE("latest_join passes on each item with its entry, in order") {
    examine({.apply =
                 [](in s, probe call) {
                     auto of = [call](const move_only& x) { return call(), x.value(); };
                     auto both = [](move_only x, const std::string& name) {
                         return std::to_string(x.value()) + name;
                     };
                     std::vector<update> table{update::put(1, "one"), update::put(2, "two"),
                                               update::complete(), update::put(3, "three")};
                     weir::missing::drop drop{weir::item_count()};
                     return std::move(s) | weir::latest_join(weir::from_range(std::move(table)), of,
                                                             both, drop, "exam");
                 },
             .input = {1, 4, 3, 1, 5},
             .expected = {"1one", "3three", "1one"},
             .before_failure = {},
             .filtered = {4, 5},
             .stage = "latest_join 'exam'"});
}

TEST_CASE("no item is pulled before the snapshot is complete") {
    fixture f;
    f.items.give({1, 2});
    f.out.expect_nothing();
    f.updates.give(update::put(1, "a"));
    f.out.expect_nothing();
    CHECK(f.items.polls() == 0);
    CHECK(f.items.left() == 2);
    f.complete();
    f.out.expect("1a");
    f.out.expect("2?");
}

TEST_CASE("each item sees the newest entry: added, replaced, removed") {
    fixture f;
    f.complete();
    f.items.give({1, 1, 1, 1});
    f.out.expect("1?");
    f.updates.give(update::put(1, "a"));
    f.out.expect("1a");
    f.updates.give(update::put(1, "b")).give(update::put(1, "c"));
    f.out.expect("1c");
    f.updates.give(update::remove(1)).give(update::remove(7));
    f.out.expect("1?");
}

TEST_CASE("a feed that starts over closes the gate, and what it does not say again is gone") {
    fixture f;
    f.updates.give(update::put(1, "a")).give(update::put(2, "b"));
    f.complete();
    f.items.give({1, 1, 2});
    f.out.expect("1a");
    f.updates.give(update::start_over()).give(update::put(1, "new"));
    f.out.expect_nothing();
    CHECK(f.items.left() == 2);
    f.complete();
    f.out.expect("1new");
    f.out.expect("2?");
}

TEST_CASE("updates that end leave the table as it is, complete or not") {
    fixture f;
    f.updates.give(update::put(1, "a"));
    f.items.give({1, 2});
    f.out.expect_nothing();
    f.updates.end();
    f.out.expect("1a");
    CHECK(f.updates.held() == 0);
    f.out.expect("2?");
    f.items.end();
    f.out.expect_end();
}

TEST_CASE("updates that fail are the join's failure, before and after the gate has opened") {
    for (const bool open : {false, true}) {
        fixture f;
        if (open) f.complete();
        f.out.expect_nothing();
        f.updates.fail();
        f.out.expect_error<source_error>();
        CHECK(f.items.held() == 0);
    }
}

TEST_CASE("the end of the items ends the join and lets go of the updates") {
    fixture f;
    f.complete();
    f.items.give(1).end();
    f.out.expect("1?");
    f.out.expect_end();
    CHECK(f.updates.held() == 0);
}

TEST_CASE("updates that never cease do not keep the items waiting") {
    std::vector<int> some{1, 2, 3};
    auto endless = weir::from_range(std::views::iota(0)) | weir::map([](int n) {
                       return n == 0 ? update::complete() : update::put(n % 3 + 1, "x");
                   });
    auto joined = weir::from_range(std::move(some)) |
                  weir::latest_join(std::move(endless), key, combine) | weir::to<std::vector>();
    CHECK(run(std::move(joined)) == std::vector<std::string>{"1x", "2x", "3x"});
}

TEST_CASE("a table is replaced at once, and nobody waits for it") {
    fixture f;
    f.updates.give(update::put(1, "a"));
    f.complete();
    f.items.give({1});
    f.out.expect("1a");
    const auto fresh = std::make_shared<update::table_type>();
    fresh->insert_or_assign(2, "b");
    f.updates.give(update::replace(fresh));
    f.items.give({1, 2});
    f.out.expect("1?");
    f.out.expect("2b");
    // What was replaced is left to the one who holds the pointer.
    CHECK(fresh->at(1) == "a");
}

TEST_CASE("a table that is given as a whole is complete") {
    fixture f;
    f.items.give({1});
    f.out.expect_nothing();
    const auto whole = std::make_shared<update::table_type>();
    whole->insert_or_assign(1, "a");
    f.updates.give(update::replace(whole));
    f.out.expect("1a");
    CHECK_THROWS_WITH_AS(update::replace(nullptr), "weir::table_update: the table is null",
                         std::invalid_argument);
}

TEST_CASE("each item can be told the version of the table it met") {
    asio::io_context io;
    script<int> items;
    script<update> updates;
    auto versions = [](int, const std::string&, weir::table_version v) { return v; };
    weir::missing::use<std::string> missing{"?"};
    probe_sink<weir::table_version> out{
        io, strict(items.stream() | weir::latest_join(updates.stream(), key, versions, missing))};
    updates.give(update::put(1, "a"));
    updates.give(update::put(2, "b"));
    updates.give(update::complete());
    items.give({1});
    out.expect(1u);
    updates.give(update::put(1, "c"));
    updates.give(update::remove(3));
    items.give({1});
    out.expect(3u);
    updates.give(update::start_over());
    updates.give(update::put(1, "d"));
    items.give({1});
    out.expect_nothing();
    updates.give(update::complete());
    out.expect(4u);
    updates.give(update::replace(std::make_shared<update::table_type>()));
    items.give({1});
    out.expect(5u);
}

TEST_CASE("an update tells what it is, and is still to be made") {
    struct listener {
        void put(int key, const std::string& value) { said += std::to_string(key) + value + ' '; }
        void remove(int key) { said += "remove " + std::to_string(key) + ' '; }
        void complete() { said += "complete "; }
        void start_over() { said += "start over "; }
        void replace(const update::table_type& table) {
            said += "replace " + std::to_string(table.size()) + ' ';
        }
        std::string said;
    };
    const auto table = std::make_shared<update::table_type>(update::table_type{{1, "a"}, {2, "b"}});
    listener to;
    for (const update& u : {update::put(1, "one"), update::remove(2), update::complete(),
                            update::start_over(), update::replace(table)}) {
        u.tell(to);
    }
    CHECK(to.said == "1one remove 2 complete start over replace 2 ");
    CHECK(table->size() == 2);
}
