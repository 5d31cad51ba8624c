// `op | op` is what one gets by applying the one, then the other; and the fused path, without
// any_stream in between.

#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/dedup.hpp>
#include <weir/operators/enumerate.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/filter_map.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/inspect.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/scan.hpp>
#include <weir/operators/skip.hpp>
#include <weir/operators/take.hpp>
#include <weir/operators/take_while.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>

#include <functional>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

namespace {

auto numbers() {
    return weir::from_range(std::views::iota(0, 10));
}

// Both operators, applied one after the other, joined, and joined the other way round in time.
template <class First, class Second>
auto both_ways(First first, Second second) {
    auto applied = run(numbers() | first | second | weir::to<std::vector>());
    auto joined = run(numbers() | (first | second) | weir::to<std::vector>());
    CHECK(applied == joined);
    CHECK_FALSE(applied.empty());
    return applied;
}

bool even(int x) {
    return x % 2 == 0;
}
bool small(int x) {
    return x < 7;
}
int twice(int x) {
    return 2 * x;
}

}  // namespace

TEST_CASE("operators joined do what they do applied one after the other") {
    CHECK(both_ways(weir::filter(even), weir::map(twice)) == std::vector{0, 4, 8, 12, 16});
    CHECK(both_ways(weir::take_while(small), weir::skip(5)) == std::vector{5, 6});
    CHECK(both_ways(weir::take(4), weir::scan(0, std::plus<>())) == std::vector{0, 1, 3, 6});
    CHECK(both_ways(weir::buffer(2), weir::batch(6)).size() == 2);
    CHECK(both_ways(weir::enumerate(), weir::take(3)).size() == 3);
    auto halves = [](int x) { return even(x) ? std::optional(x / 2) : std::nullopt; };
    auto repeat = [](int x) { return std::vector<int>(static_cast<std::size_t>(x), x); };
    CHECK(both_ways(weir::filter_map(halves), weir::flat_map(repeat)) ==
          std::vector{1, 2, 2, 3, 3, 3, 4, 4, 4, 4});
    auto third = [](int x) { return x / 3; };
    CHECK(both_ways(weir::map(third), weir::dedup()) == std::vector{0, 1, 2, 3});
}

TEST_CASE("a joined operator can be kept and used again") {
    const auto op = weir::filter(even) | weir::take(2);
    CHECK(run(numbers() | op | weir::to<std::vector>()) == std::vector{0, 2});
    CHECK(run(numbers() | weir::skip(3) | op | weir::to<std::vector>()) == std::vector{4, 6});
}

TEST_CASE("joining is associative, and a terminal can be the last of it") {
    auto a = weir::filter(even);
    auto b = weir::map(twice);
    auto c = weir::to<std::vector>();
    const std::vector expected{0, 4, 8, 12, 16};
    CHECK(run(numbers() | ((a | b) | c)) == expected);
    CHECK(run(numbers() | (a | (b | c))) == expected);
}

TEST_CASE("an infinite stream is fused with what ends it") {
    CHECK(run(weir::from_range(std::views::iota(0)) | weir::filter(even) | weir::map(twice) |
              weir::take(3) | weir::to<std::vector>()) == std::vector{0, 4, 8});
}

TEST_CASE("a composition answers the questions that every operator must answer") {
    examine({.apply =
                 [](in s, probe call) {
                     auto odd = [](const move_only& x) { return x.value() % 2 != 0; };
                     auto sum = [call](int so_far, const move_only& x) {
                         return call(), so_far + x.value();
                     };
                     auto text = [](int x) { return std::to_string(x); };
                     auto steps = weir::filter(odd) | weir::skip(1) |
                                  (weir::scan(0, sum, "exam") | weir::dedup()) | weir::map(text);
                     return std::move(s) | std::move(steps);
                 },
             .input = {1, 2, 3, 4, 5, 7},
             .expected = {"3", "8", "15"},
             .before_failure = {},
             .filtered = {2, 1, 4},
             .stage = "scan 'exam'"});
}

TEST_CASE("a composition over boundaries answers them too") {
    examine({.apply =
                 [](in s, probe call) {
                     auto join = [call](std::vector<move_only> xs) {
                         call();
                         std::string all;
                         for (const move_only& x : xs) all += std::to_string(x.value());
                         return all;
                     };
                     return std::move(s) | weir::buffer(1) | weir::batch(2) |
                            weir::on(call.executor, 2) | weir::map(join, "exam") | weir::buffer(3);
                 },
             .input = {1, 2, 3, 4, 5},
             .expected = {"12", "34", "5"},
             .before_failure = std::vector<std::string>{"12", "34"},
             .filtered = {},
             .stage = "map 'exam'"});
}

TEST_CASE("a composition that ends by itself, and lets go of what is before its boundary") {
    examine({.apply =
                 [](in s, probe call) {
                     auto twice = [call](move_only x) {
                         call();
                         std::vector<std::string> two(2, std::to_string(x.value()));
                         return two;
                     };
                     return std::move(s) | weir::buffer(2) | weir::flat_map(twice, "exam") |
                            weir::take(3);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "1", "2"},
             .before_failure = {},
             .filtered = {},
             .stage = "flat_map 'exam'",
             .ends_by_itself = true});
}
