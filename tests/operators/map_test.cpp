// The steps that change items: map, filter, filter_map, scan, enumerate, dedup, inspect.

#include <weir/operators/dedup.hpp>
#include <weir/operators/enumerate.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/scan.hpp>
#include <weir/sources/any_stream.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <optional>
#include <string>
#include <utility>

using weir::testing::examine;
using weir::testing::move_only;
using weir::testing::probe;
using in = weir::any_stream<move_only>;

namespace {

std::string text(move_only x) {
    return std::to_string(x.value());
}

bool odd(const move_only& x) {
    return x.value() % 2 != 0;
}

}  // namespace

TEST_CASE("map passes on f(item) for each item, in order") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](move_only x) { return call(), std::to_string(x.value() * 2); };
                     return std::move(s) | weir::map(f, "exam");
                 },
             .input = {1, 2, 3, 4},
             .expected = {"2", "4", "6", "8"},
             .before_failure = {},
             .filtered = {},
             .stage = "map 'exam'"});
}

TEST_CASE("filter passes on what its predicate likes") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](const move_only& x) { return call(), odd(x); };
                     return std::move(s) | weir::filter(f, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3, 4, 6, 5},
             .expected = {"1", "3", "5"},
             .before_failure = {},
             .filtered = {2, 4},
             .stage = "filter 'exam'"});
}

TEST_CASE("filter_map passes on the values there are") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](move_only x) -> std::optional<std::string> {
                         call();
                         if (!odd(x)) return std::nullopt;
                         return text(std::move(x));
                     };
                     return std::move(s) | weir::filter_map(f, "exam");
                 },
             .input = {2, 1, 2, 3, 4},
             .expected = {"1", "3"},
             .before_failure = {},
             .filtered = {2, 4},
             .stage = "filter_map 'exam'"});
}

TEST_CASE("scan passes on the state after each item") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](std::string so_far, move_only x) {
                         call();
                         return so_far + text(std::move(x));
                     };
                     return std::move(s) | weir::scan(std::string(">"), f, "exam");
                 },
             .input = {1, 2, 3},
             .expected = {">1", ">12", ">123"},
             .before_failure = {},
             .filtered = {},
             .stage = "scan 'exam'"});
}

TEST_CASE("enumerate numbers the items from 0") {
    examine({.apply =
                 [](in s, probe) {
                     auto show = [](std::pair<std::uint64_t, move_only> x) {
                         return std::to_string(x.first) + ":" + text(std::move(x.second));
                     };
                     return std::move(s) | weir::enumerate() | weir::map(show);
                 },
             .input = {7, 8, 9},
             .expected = {"0:7", "1:8", "2:9"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("dedup drops an item whose key equals that of the one before") {
    examine({.apply =
                 [](in s, probe call) {
                     auto tens = [call](const move_only& x) { return call(), x.value() / 10; };
                     return std::move(s) | weir::dedup(tens, "exam") | weir::map(text);
                 },
             .input = {10, 11, 20, 12, 13, 13, 30},
             .expected = {"10", "20", "12", "30"},
             .before_failure = {},
             .filtered = {},
             .stage = "dedup 'exam'"});
}

TEST_CASE("inspect shows each item and passes it on unchanged") {
    int sum = 0;
    examine({.apply =
                 [&sum](in s, probe call) {
                     auto f = [call, &sum](const move_only& x) { call(), sum += x.value(); };
                     return std::move(s) | weir::inspect(f, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "inspect 'exam'"});
    CHECK(sum > 0);
}
