// The steps that cut: take, take_while, take_until, skip.

#include <weir/operators/map.hpp>
#include <weir/operators/skip.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/operators/take_while.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>

#include <stop_token>
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

}  // namespace

TEST_CASE("take passes on the first n items and ends") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::take(3) | weir::map(text); },
             .input = {1, 2, 3, 4},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = {},
             .ends_by_itself = true});
}

TEST_CASE("take of more than there is passes on all") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::take(5) | weir::map(text); },
             .input = {1, 2},
             .expected = {"1", "2"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("take_while ends at the first item its predicate dislikes") {
    examine({.apply =
                 [](in s, probe call) {
                     auto small = [call](const move_only& x) { return call(), x.value() < 3; };
                     return std::move(s) | weir::take_while(small, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3, 1},
             .expected = {"1", "2"},
             .before_failure = {},
             .filtered = {3, 1},
             .stage = "take_while 'exam'",
             .ends_by_itself = true});
}

TEST_CASE("take_until passes on everything while no stop is requested") {
    std::stop_source never;
    examine({.apply =
                 [&](in s, probe) {
                     return std::move(s) | weir::take_until(never.get_token()) | weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("skip drops the first n items") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::skip(2) | weir::map(text); },
             .input = {1, 2, 3, 4},
             .expected = {"3", "4"},
             .before_failure = {},
             .filtered = {1, 2},
             .stage = {}});
}
