// The steps that gather and spread: batch and flat_map; and those for records: try_map,
// split_errors.

#include <weir/operators/batch.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <chrono>
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

std::string all(std::vector<move_only> xs) {
    std::string s;
    for (move_only& x : xs) s += text(std::move(x));
    return s;
}

std::string status_text(absl::StatusOr<std::string> x) {
    return x.ok() ? *x : "no: " + std::string(x.status().message());
}

}  // namespace

TEST_CASE("batch gathers items by count, and the last batch may be shorter") {
    examine({.apply = [](in s, probe) { return std::move(s) | weir::batch(2) | weir::map(all); },
             .input = {1, 2, 3, 4, 5},
             .expected = {"12", "34", "5"},
             .before_failure = std::vector<std::string>{"12", "34"},
             .filtered = {},
             .stage = {}});
}

TEST_CASE("batch refuses a size of 0") {
    CHECK_THROWS_AS(weir::batch(0), std::invalid_argument);
    CHECK_THROWS_AS(weir::batch(0, std::chrono::seconds(1)), std::invalid_argument);
}

TEST_CASE("flat_map passes on the items of each range, one range after the other") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](move_only x) {
                         call();
                         std::vector<move_only> twice;
                         for (int i = 0; i < x.value(); ++i) twice.emplace_back(x.value() * 10 + i);
                         return twice;
                     };
                     return std::move(s) | weir::flat_map(f, "exam") | weir::map(text);
                 },
             .input = {2, 0, 1, 3},
             .expected = {"20", "21", "10", "30", "31", "32"},
             .before_failure = {},
             .filtered = {0, 0},
             .stage = "flat_map 'exam'"});
}

TEST_CASE("flat_map passes on the items of each stream, however late they are") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](move_only x) {
                         call();
                         auto tens = [n = x.value()](int i) { return move_only(n * 10 + i); };
                         return interleave_pending(
                             weir::from_range(std::views::iota(0, x.value())) | weir::map(tens) |
                             weir::take(2));
                     };
                     return std::move(s) | weir::flat_map(f, "exam") | weir::map(text);
                 },
             .input = {2, 0, 1, 3},
             .expected = {"20", "21", "10", "30", "31"},
             .before_failure = {},
             .filtered = {0, 0},
             .stage = "flat_map 'exam'"});
}

TEST_CASE("try_map turns results and failures into StatusOr, in their places") {
    examine({.apply =
                 [](in s, probe call) {
                     auto f = [call](move_only x) -> absl::StatusOr<std::string> {
                         call();
                         if (x.value() < 0) return absl::InvalidArgumentError("negative");
                         return text(std::move(x));
                     };
                     return std::move(s) | weir::try_map(f, "exam") | weir::map(status_text);
                 },
             .input = {1, -2, 3},
             .expected = {"1", "no: negative", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "try_map 'exam'"});
}

TEST_CASE("try_map calls its function with the values of StatusOr items and passes failures on") {
    examine({.apply =
                 [](in s, probe call) {
                     auto check = [](move_only x) -> absl::StatusOr<move_only> {
                         if (x.value() < 0) return absl::InvalidArgumentError("negative");
                         return x;
                     };
                     auto f = [call](move_only x) { return call(), text(std::move(x)) + "!"; };
                     return std::move(s) | weir::try_map(check) | weir::try_map(f, "exam") |
                            weir::map(status_text);
                 },
             .input = {1, -2, 3},
             .expected = {"1!", "no: negative", "3!"},
             .before_failure = {},
             .filtered = {},
             .stage = "try_map 'exam'"});
}

TEST_CASE("split_errors passes values on and hands failures to its function, in order") {
    std::vector<std::string> seen;
    examine({.apply =
                 [&seen](in s, probe call) {
                     seen.clear();
                     auto check = [](move_only x) -> absl::StatusOr<std::string> {
                         if (x.value() < 0) return absl::InvalidArgumentError("negative");
                         return text(std::move(x));
                     };
                     auto reject = [call, &seen](const absl::Status& why) {
                         call();
                         seen.emplace_back(why.message());
                     };
                     auto look = [&seen](const std::string& x) { seen.push_back(x); };
                     return std::move(s) | weir::try_map(check) |
                            weir::split_errors(reject, "exam") | weir::inspect(look);
                 },
             .input = {1, -2, 3, -4},
             .expected = {"1", "3"},
             .before_failure = {},
             .filtered = {-1, -2},
             .stage = "split_errors 'exam'"});
    seen.clear();
    auto check = [](int x) -> absl::StatusOr<int> {
        if (x < 0) return absl::InvalidArgumentError("negative");
        return x;
    };
    auto reject = [&seen](const absl::Status& why) { seen.emplace_back(why.message()); };
    auto note = [&seen](int x) { seen.push_back(std::to_string(x)); };
    run(weir::from_range(std::vector{1, -2, 3}) | weir::try_map(check) |
        weir::split_errors(reject) | weir::for_each(note));
    CHECK(seen == std::vector<std::string>{"1", "negative", "3"});
}
