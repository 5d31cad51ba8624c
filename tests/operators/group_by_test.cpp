// group_by: the exam, seeds, and the life of groups: how they begin, end, make room and wait.

#include <weir/aggregates/count.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/delay.hpp>
#include <weir/operators/group_by.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/running.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>
#include <support/scripted.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using in = weir::any_stream<move_only>;
using ints = std::vector<int>;
using texts = std::vector<std::string>;

int tens(int x) {
    return x / 10;
}
std::string show(const ints& xs) {
    std::string text;
    for (const int x : xs) text += (text.empty() ? "" : " ") + std::to_string(x);
    return text;
}

/// Each group's items in twos.
auto pairs_by_tens(weir::group_limits limits) {
    return weir::group_by(
        tens, limits, [](int) { return weir::batch(2) | weir::map(show); }, "tens");
}

// Groups on scripted items, and the time in the test's hands.
struct fixture : scripted {
    probe_sink<std::string> out;

    template <class Op>
    explicit fixture(Op op, script<int> s = {})
        : scripted(s), out(io, strict(s.stream() | std::move(op))) {
        out.expect_nothing();
    }
};

// Passes on nothing until `open`, and then all that comes.
template <class S>
class gated : public weir::pullable<gated<S>> {
public:
    using value_type = std::string;

    gated(S upstream, const bool& open, weir::waker_slot& asks)
        : upstream_(std::move(upstream)), open_(&open), asks_(&asks) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        if (!*open_) return asks_->arm(cx.poller()), weir::poll_state::pending;
        return upstream_.poll(cx, [&](int&& x) -> bool { return sink(show({x})); });
    }

private:
    S upstream_;
    const bool* open_;
    weir::waker_slot* asks_;
};

}  // namespace

TEST_CASE("group_by passes on what the pipelines of its groups make of their items") {
    examine({.apply =
                 [](in s, probe call) {
                     auto key = [call](const move_only& x) { return call(), x.value() / 10; };
                     auto make = [](int k) {
                         auto text = [k](std::vector<move_only> xs) {
                             std::string all = std::to_string(k) + ":";
                             for (const move_only& x : xs) all += " " + std::to_string(x.value());
                             return all;
                         };
                         return weir::batch(2) | weir::map(text);
                     };
                     return std::move(s) | weir::group_by(key, {.max_groups = 3}, make, "exam");
                 },
             .input = {10, 20, 11, 30, 12, 21},
             .expected = {"1: 10 11", "2: 20 21", "1: 12", "3: 30"},
             .before_failure = texts{"1: 10 11", "2: 20 21"},
             .filtered = {},
             .stage = "group_by 'exam'"});
}

TEST_CASE("one group more than there may be fails, or ends the one not used for longest") {
    const auto of = [](weir::overflow full) {
        return run(weir::from_range(std::vector{10, 20, 11, 12, 30, 21, 13}) |
                   pairs_by_tens({.max_groups = 2, .when_full = full}) | weir::to<std::vector>());
    };
    CHECK_THROWS_WITH_AS(of(weir::overflow::fail), "group_by 'tens': there are more than 2 groups",
                         weir::stage_error);
    // 30 ends the twenties, 21 the tens, 13 the thirties.
    CHECK(of(weir::overflow::end_oldest) == texts{"10 11", "20", "12", "30", "21", "13"});
}

TEST_CASE("a group ends when it has been idle for that long, and not before") {
    fixture f(pairs_by_tens({.max_groups = 9, .idle = 100ms}));
    f.give({10, 20});
    f.advance(60ms);
    f.give({21, 22});
    f.out.expect("20 21");
    f.out.expect_nothing();
    f.advance(40ms - 1ns);
    f.out.expect_nothing();
    f.advance(1ns);
    f.out.expect("10");
    f.out.expect_nothing();
    f.advance(60ms - 1ns);
    f.out.expect_nothing();
    f.advance(1ns);
    f.out.expect("22");
    f.out.expect_nothing();
    CHECK(f.time->sleepers() == 0);
    f.source.give(11);  // a new group
    f.source.end();
    f.out.expect("11");
    f.out.expect_end();
}

TEST_CASE("a group that ends by itself makes room, and the next item of its key begins another") {
    auto make = [](int) { return weir::take(2) | weir::running(weir::agg::count()); };
    auto counts = run(weir::from_range(std::vector{10, 11, 12, 20, 13}) |
                      weir::group_by(tens, {.max_groups = 2}, make) | weir::to<std::vector>());
    CHECK(counts == std::vector<std::uint64_t>{1, 2, 1, 1, 2});
}

TEST_CASE("a group that waits is polled when it is woken, and holds up none but its own items") {
    auto make = [](int) {
        return weir::delay(100ms, 1) | weir::map([](int x) { return show({x}); });
    };
    fixture f(weir::group_by(tens, {.max_groups = 9}, make));
    f.source.give({10, 20, 30, 11, 12, 40});
    f.out.expect_nothing();
    CHECK(f.source.left() == 1);  // 11 is with its group, 12 waits, 40 behind it
    f.advance(100ms);
    for (const char* x : {"10", "20", "30"}) f.out.expect(x);
    f.out.expect_nothing();
    f.source.end();
    f.advance(100ms);
    f.out.expect("11");
    f.out.expect("40");
}

TEST_CASE("a group that is closed while an item waits for it takes that, and then ends") {
    // A stream that takes nothing for a time, and then passes on what there is at once.
    bool open = false;
    weir::waker_slot asks;
    auto make = [&](int) {
        return weir::pipe([&](auto upstream) { return gated(std::move(upstream), open, asks); });
    };
    scripted f;
    const auto all = start(f.io, f.source.stream() | weir::group_by(tens, {.max_groups = 9}, make) |
                                     weir::to<std::vector>());
    f.give(10);
    f.end();
    REQUIRE_FALSE(all->done);
    open = true;
    asks.wake();
    settle(f.io);
    REQUIRE(all->done);
    CHECK(all->get() == texts{"10"});
}

TEST_CASE("the item of a group that is ending waits until it has ended") {
    auto make = [](int) { return weir::delay(100ms) | weir::map([](int x) { return show({x}); }); };
    fixture f(
        weir::group_by(tens, {.max_groups = 1, .when_full = weir::overflow::end_oldest}, make));
    f.source.give({10, 20, 11}).end();
    f.out.expect_nothing();
    CHECK(f.source.left() == 1);
    f.advance(100ms);
    f.out.expect("10");
    f.out.expect_nothing();
    f.advance(100ms);
    f.out.expect("20");
    f.out.expect_nothing();
    f.advance(100ms);
    f.out.expect("11");
    f.out.expect_end();
}

TEST_CASE("a failure in a group fails the whole") {
    auto make = [](int) {
        return weir::map([](int x) { return x == 21 ? throw std::runtime_error("21") : x; }, "odd");
    };
    auto all = weir::from_range(std::vector{10, 20, 21, 30}) |
               weir::group_by(tens, {.max_groups = 9}, make) | weir::to<std::vector>();
    CHECK_THROWS_WITH_AS(run(std::move(all)), "map 'odd': 21", weir::stage_error);
}

TEST_CASE("make that throws names the stage") {
    auto make = [](int k) {
        if (k == 2) throw std::runtime_error("no");
        return weir::take(9);
    };
    auto all = weir::from_range(std::vector{10, 20}) |
               weir::group_by(tens, {.max_groups = 9}, make, "by tens") | weir::to<std::vector>();
    CHECK_THROWS_WITH_AS(run(std::move(all)), "group_by 'by tens': no", weir::stage_error);
}

TEST_CASE("limits that allow nothing are refused") {
    const auto make = [](int) { return weir::take(1); };
    CHECK_THROWS_AS(weir::group_by(tens, {.max_groups = 0}, make), std::invalid_argument);
    CHECK_THROWS_AS(weir::group_by(tens, {.max_groups = 1, .idle = 0s}, make),
                    std::invalid_argument);
}
