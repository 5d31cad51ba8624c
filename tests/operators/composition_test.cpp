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

#include <doctest/doctest.h>
#include <support/drive.hpp>

#include <functional>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

using weir::testing::run;

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
