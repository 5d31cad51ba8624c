// The steps that take items apart and put them together: cast, flatten, pairwise, window.

#include <weir/operators/cast.hpp>
#include <weir/operators/flatten.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/pairwise.hpp>
#include <weir/operators/window.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

namespace {

std::string text(move_only x) {
    return std::to_string(x.value());
}

/// A type that an item can be made, but does not become unasked; not of everything.
struct boxed {
    explicit boxed(move_only x) : value(x.value()) {
        if (value > 5) throw std::out_of_range("too large");
    }
    int value;
};

std::string show(const weir::window_view<move_only>& w) {
    std::string s;
    for (const move_only& x : w) s += std::to_string(x.value());
    return s;
}

}  // namespace

TEST_CASE("cast converts each item, explicitly if need be") {
    auto unbox = [](const boxed& b) { return std::to_string(b.value); };
    examine(
        {.apply = [unbox](in s,
                          probe) { return std::move(s) | weir::cast<boxed>() | weir::map(unbox); },
         .input = {1, 2, 3},
         .expected = {"1", "2", "3"},
         .before_failure = {},
         .filtered = {},
         .stage = {}});
    const auto cut =
        run(weir::from_range(std::vector{1.5, -2.5}) | weir::cast<int>() | weir::to<std::vector>());
    CHECK(cut == std::vector{1, -2});
}

TEST_CASE("cast names itself when a conversion throws") {
    script<move_only> source;
    source.give(move_only(6));
    auto unbox = [](const boxed& b) { return b.value; };
    auto all = source.stream() | weir::cast<boxed>() | weir::map(unbox) | weir::to<std::vector>();
    CHECK_THROWS_WITH_AS(run(std::move(all)), "cast: too large", weir::stage_error);
}

TEST_CASE("flatten passes on the items of each range, one range after the other") {
    examine({.apply =
                 [](in s, probe call) {
                     auto range = [call](move_only x) {
                         call();
                         std::vector<move_only> twice;
                         for (int i = 0; i < x.value(); ++i) twice.emplace_back(x.value() * 10 + i);
                         return twice;
                     };
                     return std::move(s) | weir::map(range, "exam") | weir::flatten() |
                            weir::map(text);
                 },
             .input = {2, 0, 1, 3},
             .expected = {"20", "21", "10", "30", "31", "32"},
             .before_failure = {},
             .filtered = {0, 0},
             .stage = "map 'exam'"});
}

TEST_CASE("flatten passes on the items of each stream, however late they are") {
    examine({.apply =
                 [](in s, probe) {
                     auto stream = [](move_only x) -> in {
                         auto tens = [n = x.value()](int i) { return move_only(n * 10 + i); };
                         return interleave_pending(
                             weir::from_range(std::views::iota(0, x.value())) | weir::map(tens));
                     };
                     return std::move(s) | weir::map(stream) | weir::flatten() | weir::map(text);
                 },
             .input = {2, 0, 1},
             .expected = {"20", "21", "10"},
             .before_failure = {},
             .filtered = {0, 0},
             .stage = {}});
}

TEST_CASE("pairwise passes on each item with the one before it") {
    auto value = [](move_only x) { return x.value(); };
    auto difference = [](std::pair<int, int> p) { return std::to_string(p.second - p.first); };
    examine({.apply =
                 [=](in s, probe) {
                     return std::move(s) | weir::map(value) | weir::pairwise() |
                            weir::map(difference);
                 },
             .input = {1, 3, 7, 5},
             .expected = {"2", "4", "-2"},
             .before_failure = {},
             .filtered = {4},
             .stage = {}});
}

TEST_CASE("window passes on a view of the last n items with each new one") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::window(3) | weir::map(show); },
             .input = {1, 2, 3, 4, 5, 6, 7, 8},
             .expected = {"123", "234", "345", "456", "567", "678"},
             .before_failure = {},
             .filtered = {1, 2},
             .stage = {}});
    CHECK_THROWS_AS(weir::window(0), std::invalid_argument);
}

TEST_CASE("a window of one is each item") {
    auto only = [](weir::window_view<int> w) { return w.size() == 1 ? w.front() : -1; };
    CHECK(run(weir::from_range(std::vector{1, 2, 3}) | weir::window(1) | weir::map(only) |
              weir::to<std::vector>()) == std::vector{1, 2, 3});
}

TEST_CASE("a window that is pulled is good until the stream is asked again") {
    asio::io_context io;
    auto task = []() -> asio::awaitable<int> {
        auto windows = weir::from_range(std::views::iota(0, 10)) | weir::window(4);
        int sum = 0;
        while (auto w = co_await windows.next()) sum += w->back() - w->front();
        co_return sum;
    };
    CHECK(run_task(io, task()) == 7 * 3);
}

TEST_CASE("the windows that are kept are copies") {
    auto copy = [](weir::window_view<int> w) { return w.to_vector(); };
    CHECK(run(weir::from_range(std::vector{1, 2, 3}) | weir::window(2) | weir::map(copy) |
              weir::to<std::vector>()) == std::vector<std::vector<int>>{{1, 2}, {2, 3}});
    static_assert(weir::is_borrowed<weir::window_view<int>>);
}

TEST_CASE("steps that keep items allocate nothing once they are full") {
    auto count = [](int n) {
        auto front = [](weir::window_view<int> w) { return w.front(); };
        auto all = weir::from_range(std::views::iota(0, n)) | weir::window(16) | weir::map(front) |
                   weir::pairwise() | weir::count();
        const std::size_t before = allocation_count();
        run(std::move(all));
        return allocation_count() - before;
    };
    CHECK(count(100'000) == count(100));
}
