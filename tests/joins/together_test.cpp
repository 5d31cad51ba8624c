// Streams that are taken together or one instead of the other: zip, concat, combine_latest, race,
// switch_latest, merge_sorted.

#include <weir/channel/channel.hpp>
#include <weir/joins/combine_latest.hpp>
#include <weir/joins/concat.hpp>
#include <weir/joins/merge_sorted.hpp>
#include <weir/joins/race.hpp>
#include <weir/joins/switch_latest.hpp>
#include <weir/joins/zip.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <joins/support.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace weir::testing;
using ints = std::vector<int>;
using number_stream = weir::any_stream<int>;

namespace {

/// Some scripted streams, joined, and what comes out.
struct fixture {
    explicit fixture(std::size_t k) : scripts(k) {}

    auto streams() {
        std::vector<script<int>::scripted_stream> all;
        for (auto& s : scripts) all.push_back(s.stream());
        return all;
    }
    // No any_stream here: it would take items in runs.
    template <class S>
    void run(S s) {
        result = start(io, std::move(s) | weir::for_each([this](ints x) {
                               seen.push_back(std::move(x));
                               if (on_item) on_item();
                           }));
        settle(io);
    }
    template <class S>
    void run_items(S s) {
        run(std::move(s) | weir::map([](int x) { return ints{x}; }));
    }
    void give(std::size_t i, std::initializer_list<int> items) {
        scripts[i].give(items);
        settle(io);
    }
    void end(std::size_t i) {
        scripts[i].end();
        settle(io);
    }

    asio::io_context io;
    std::vector<script<int>> scripts;
    std::vector<ints> seen;
    std::function<void()> on_item;
    std::shared_ptr<outcome<void>> result;
};

using rows = std::vector<ints>;

}  // namespace

TEST_CASE("zip pairs the first items, then the second ones, and ends with the shortest") {
    fixture f(2);
    auto pairs = weir::zip(f.scripts[0].stream(), f.scripts[1].stream());
    f.run(std::move(pairs) |
          weir::map([](std::tuple<int, int> x) { return ints{std::get<0>(x), std::get<1>(x)}; }));
    f.give(0, {1, 2, 3, 4});
    CHECK(f.seen.empty());
    CHECK(f.scripts[0].left() == 3);  // it is asked for one item, and no more
    f.give(1, {11});
    CHECK(f.seen == rows{{1, 11}});
    f.give(1, {12});
    CHECK(f.seen == rows{{1, 11}, {2, 12}});
    CHECK(f.scripts[0].left() == 1);
    f.end(1);
    CHECK(f.result->done);
    CHECK(f.seen.size() == 2);
}

TEST_CASE("zip ends when a stream has ended though another has nothing yet") {
    for (std::size_t ended = 0; ended < 3; ++ended) {
        fixture f(3);
        auto all = weir::zip(f.scripts[0].stream(), f.scripts[1].stream(), f.scripts[2].stream());
        f.run(std::move(all) | weir::map([](auto) { return ints(); }));
        f.end(ended);
        CHECK(f.result->done);
    }
    fixture f(3);
    f.run(weir::zip(f.streams()));
    f.end(1);
    CHECK(f.result->done);
}

TEST_CASE("zip of a vector of streams gives vectors") {
    fixture f(3);
    f.run(weir::zip(f.streams()));
    f.give(0, {1, 2});
    f.give(2, {21, 22});
    CHECK(f.scripts[2].left() == 1);
    f.give(1, {11, 12});
    CHECK(f.seen == rows{{1, 11, 21}, {2, 12, 22}});
    fixture none(0);
    none.run(weir::zip(none.streams()));
    CHECK(none.result->done);
}

TEST_CASE("concat does not poll a stream before its turn, and destroys it after") {
    fixture f(2);
    f.run_items(weir::concat(f.streams()));
    f.give(1, {3, 4});
    f.give(0, {1, 2});
    CHECK(f.scripts[1].polls() == 0);
    f.end(0);
    CHECK(f.scripts[0].held() == 0);
    f.end(1);
    CHECK(f.seen == rows{{1}, {2}, {3}, {4}});
    CHECK(f.result->done);
}

TEST_CASE("combine_latest gives the newest of all with each new item of any") {
    fixture f(2);
    auto both = weir::combine_latest(f.scripts[0].stream(), f.scripts[1].stream());
    f.run(std::move(both) |
          weir::map([](std::tuple<int, int> x) { return ints{std::get<0>(x), std::get<1>(x)}; }));
    f.give(0, {1, 2});
    CHECK(f.seen.empty());
    f.give(1, {11});
    f.give(0, {3});
    f.give(1, {12});
    CHECK(f.seen == rows{{2, 11}, {3, 11}, {3, 12}});
    f.end(0);
    f.give(1, {13});
    CHECK(f.seen.back() == ints{3, 13});
    CHECK_FALSE(f.result->done);
    f.end(1);
    CHECK(f.result->done);
}

TEST_CASE("combine_latest ends when a stream ends that has never given an item") {
    fixture f(3);
    f.run(weir::combine_latest(f.streams()));
    f.give(0, {1});
    f.end(0);
    CHECK_FALSE(f.result->done);
    f.end(1);
    CHECK(f.result->done);
}

TEST_CASE("the winner of a race is the first with an item; the others are destroyed before that") {
    fixture f(3);
    int held = -1;
    f.on_item = [&] { held = f.scripts[0].held() + f.scripts[2].held(); };
    f.run_items(weir::race(f.streams()));
    f.end(0);
    CHECK_FALSE(f.result->done);
    f.give(1, {1, 2});
    CHECK(held == 0);
    f.give(1, {3});
    f.give(2, {21});
    CHECK(f.seen == rows{{1}, {2}, {3}});
    f.end(1);
    CHECK(f.result->done);
}

TEST_CASE("a race without a winner ends with the last, or with the first failure") {
    fixture f(2);
    f.run_items(weir::race(f.scripts[0].stream(), f.scripts[1].stream()));
    f.end(0);
    f.end(1);
    CHECK(f.result->done);
    CHECK_NOTHROW(f.result->get());
    fixture g(2);
    g.run_items(weir::race(g.scripts[0].stream(), g.scripts[1].stream()));
    g.scripts[1].fail();
    settle(g.io);
    REQUIRE(g.result->done);
    CHECK_THROWS_AS(g.result->get(), source_error);
}

TEST_CASE("switch_latest leaves a stream for the next one, whatever it still has") {
    fixture f(3);
    script<number_stream> streams;
    f.run_items(streams.stream() | weir::switch_latest());
    streams.give(f.scripts[0].stream());
    f.give(0, {1, 2});
    f.on_item = [&] {
        if (f.seen.back() == ints{3}) streams.give(f.scripts[1].stream());
    };
    f.give(0, {3, 4});  // 4 comes too late
    CHECK(f.scripts[0].held() == 0);
    f.give(1, {11});
    CHECK(f.seen == rows{{1}, {2}, {3}, {11}});
    streams.give(f.scripts[2].stream()).end();
    f.give(2, {21});
    CHECK_FALSE(f.result->done);
    f.end(2);
    CHECK(f.seen.back() == ints{21});
    CHECK(f.result->done);
}

TEST_CASE("of streams that come at once switch_latest polls only the last") {
    fixture f(2);
    script<number_stream> streams;
    streams.give(f.scripts[0].stream()).give(f.scripts[1].stream()).end();
    f.give(0, {1});
    f.run_items(streams.stream() | weir::switch_latest());
    CHECK(f.scripts[0].polls() == 0);
    f.give(1, {2});
    f.end(1);
    CHECK(f.seen == rows{{2}});
    CHECK(f.result->done);
}

TEST_CASE("merge_sorted keeps the order of streams where keys are equal") {
    fixture f(2);
    auto tens = [](int x) { return x / 10; };
    f.run_items(weir::merge_sorted(tens, f.scripts[0].stream(), f.scripts[1].stream()));
    f.give(0, {10, 11, 30});
    CHECK(f.seen.empty());  // the other might have something smaller
    f.give(1, {12, 20, 31});
    CHECK(f.seen == rows{{10}, {11}, {12}, {20}, {30}});
    f.end(0);
    CHECK(f.seen.back() == ints{31});
    f.end(1);
    CHECK(f.result->done);
}
