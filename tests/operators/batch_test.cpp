// The steps that gather and spread: batch and flat_map; and those for records: try_map,
// split_errors.

#include <weir/operators/batch.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/try_map.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>

#include <string>
#include <utility>
#include <vector>

using weir::testing::examine;
using weir::testing::move_only;
using weir::testing::probe;
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
