// interval_join: the exam, its bounds, what it holds, and all pairs under many seeds.

#include <weir/joins/interval_join.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;
using limits = weir::interval_bounds<int>;

namespace {

struct event {
    int key;
    int time;
    friend bool operator==(const event&, const event&) = default;
    friend auto operator<=>(const event&, const event&) = default;
};
using events = std::vector<event>;
using pairs = std::vector<std::pair<event, event>>;
using stream = weir::any_stream<event>;

const weir::detail::join_side about(&event::key, &event::time);

auto join(stream right, limits b) {
    return weir::interval_join(std::move(right), about, about, std::move(b),
                               weir::detail::as_pair(), "near");
}

std::string show_pair(const std::pair<event, event>& p) {
    return std::to_string(p.first.time) + "-" + std::to_string(p.second.time);
}

// Two scripts, joined.
struct fixture {
    asio::io_context io;
    script<event> left;
    script<event> right;
    probe_sink<std::string> out;

    explicit fixture(limits b)
        : out(io,
              strict(left.stream() | join(right.stream(), std::move(b)) | weir::map(show_pair))) {
        out.expect_nothing();
    }
    void give(script<event>& to, std::initializer_list<int> times) {
        for (const int t : times) to.give(event{0, t});
        settle(io);
    }
};

pairs all_pairs(const events& left, const events& right, const limits& b) {
    pairs found;
    for (const event& l : left) {
        for (const event& r : right) {
            const int apart = r.time - l.time;
            if (l.key == r.key && -b.before <= apart && apart <= b.after) found.emplace_back(l, r);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// Events in the order of their times, but for some that are late by at most `lateness`.
events draw(seeded_random& dice, int lateness) {
    events some;
    int time = 0;
    for (auto n = dice.below(15); n != 0; --n) {
        time += static_cast<int>(dice.below(4));
        const int late = static_cast<int>(dice.below(static_cast<std::uint64_t>(lateness) + 1));
        some.push_back({static_cast<int>(dice.below(3)), time - late});
    }
    return some;
}

}  // namespace

TEST_CASE("interval_join passes on the pairs that are close, as the later one comes") {
    examine({.apply =
                 [](in s, probe call) {
                     auto key = [call](const move_only& x) { return call(), x.value(); };
                     auto both = [](int l, const move_only& r) {
                         return std::to_string(l) + std::to_string(r.value());
                     };
                     auto same = [](int x) { return x; };
                     auto join =
                         weir::interval_join(std::move(s), weir::detail::join_side(same, same),
                                             weir::detail::join_side(key, &move_only::value),
                                             {.after = 100, .max_items = 9}, both, "exam");
                     return weir::from_range(std::vector{1, 2, 3, 3}) | std::move(join);
                 },
             .input = {1, 2, 3, 4},
             .expected = {"11", "22", "33", "33"},
             .before_failure = {},
             .filtered = {5, 6},
             .stage = "interval_join 'exam'"});
}

TEST_CASE("the bounds of the interval are included") {
    fixture f({.before = 2, .after = 3, .max_items = 9});
    f.give(f.left, {10});
    f.give(f.right, {7, 8, 13, 14});
    f.out.expect("10-8");
    f.out.expect("10-13");
    f.out.expect_nothing();
}

TEST_CASE("all pairs are found, whichever comes first, under 1,000 seeds") {
    CHECK_NOTHROW(for_seeds(1'000, [](seeded_context& ctx) {
        seeded_random& dice = ctx.random();
        const int lateness = static_cast<int>(dice.below(3));
        const limits b{.before = static_cast<int>(dice.below(5)),
                       .after = static_cast<int>(dice.below(5)),
                       .lateness = lateness,
                       .max_items = 100};
        const events left = draw(dice, lateness);
        const events right = draw(dice, lateness);
        auto late_right = suspend_at_random(weir::from_range(right), ctx);
        auto near = suspend_at_random(weir::from_range(left), ctx) | join(std::move(late_right), b);
        auto result = start(ctx, suspend_at_random(std::move(near), ctx) | weir::to<std::vector>());
        ctx.run();
        pairs found = result->get();
        std::sort(found.begin(), found.end());
        expect(found == all_pairs(left, right, b), "all pairs, each once");
        expect(b.late.value() == 0, "none is too late");
    }));
}

TEST_CASE("a stream that is ahead waits for the other") {
    fixture f({.after = 1, .max_items = 2});
    f.give(f.left, {1, 2, 3, 4});
    CHECK(f.left.left() == 2);
    f.give(f.right, {3});
    f.out.expect("2-3");
    f.out.expect("3-3");
    f.out.expect_nothing();
    CHECK(f.left.left() == 1);  // 2 and 3 may still have partners
    f.right.end();
    f.out.expect_end();  // after 4, which is past all that is held of the right
    CHECK(f.left.left() == 0);
}

TEST_CASE("when both sides are full the join fails, rather than wait for ever") {
    fixture f({.before = 9, .after = 9, .max_items = 2});
    f.give(f.left, {1, 2, 3});
    f.give(f.right, {20, 21, 22});
    // 20 frees 1 and 2; 3 is taken; nothing of the right can go before the left comes further.
    f.give(f.left, {30});
    f.out.expect("30-21");
    f.out.expect("30-22");
    fixture g({.before = 9, .after = 9, .max_items = 1});
    g.give(g.left, {1, 2});
    g.give(g.right, {3, 4});
    g.out.expect("1-3");
    CHECK_THROWS_WITH(g.out.expect_nothing(), doctest::Contains("both sides hold as many items"));
}

TEST_CASE("instead of waiting, the oldest goes and is counted, or the join fails") {
    const limits drop{.after = 9, .max_items = 2, .when_full = weir::overflow::drop_oldest};
    fixture f(drop);
    f.give(f.left, {1, 2, 3});
    f.give(f.right, {3});
    f.out.expect("2-3");
    f.out.expect("3-3");
    f.out.expect_nothing();
    CHECK(drop.dropped.value() == 1);
    fixture g({.after = 9, .max_items = 2, .when_full = weir::overflow::fail});
    g.give(g.left, {1, 2, 3});
    CHECK_THROWS_WITH(g.out.expect_nothing(), doctest::Contains("'near': a side holds as many"));
}

TEST_CASE("an item that is later than is allowed is dropped, and counted") {
    const limits b{.before = 5, .after = 5, .lateness = 2, .max_items = 9};
    fixture f(b);
    f.give(f.left, {10, 8, 7});
    CHECK(b.late.value() == 1);
    f.give(f.right, {8});
    f.out.expect("8-8");
    f.out.expect("10-8");
    f.out.expect_nothing();
}

TEST_CASE("when one side has ended, and nothing of it is left, so has the join") {
    fixture f({.after = 1, .max_items = 9});
    f.give(f.left, {1});
    f.left.end();
    f.give(f.right, {1, 2});
    f.out.expect("1-1");
    f.out.expect("1-2");
    f.out.expect_nothing();
    f.give(f.right, {3, 4});
    f.out.expect_end();
    CHECK(f.right.held() == 0);
}

TEST_CASE("a failure of either side is the join's") {
    for (const bool of_left : {false, true}) {
        fixture f({.max_items = 9});
        (of_left ? f.left : f.right).fail();
        f.out.expect_error<source_error>();
    }
}

TEST_CASE("bounds that mean nothing are refused") {
    const auto of = [](limits b) { return join(stream(weir::from_range(events())), b); };
    CHECK_THROWS_AS(of({.max_items = 0}), std::invalid_argument);
    CHECK_THROWS_AS(of({.before = -1, .max_items = 1}), std::invalid_argument);
    CHECK_THROWS_AS(of({.after = -1, .max_items = 1}), std::invalid_argument);
    CHECK_THROWS_AS(of({.lateness = -1, .max_items = 1}), std::invalid_argument);
}
