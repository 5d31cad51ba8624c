// Room for what may come: size_hint, and what `to` makes of it.

#include <weir/core/stream.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <ranges>
#include <vector>

using namespace weir::testing;

namespace {

auto numbers(int n) {
    return weir::from_range(std::views::iota(0, n));
}

int same(int x) {
    return x;
}

}  // namespace

TEST_CASE("a stream that knows says how many items it has left at the most") {
    const auto small = [](const int& x) { return x < 3; };
    CHECK(weir::size_hint(numbers(10)) == 10);
    CHECK(weir::size_hint(numbers(10) | weir::map(same) | weir::filter(small)) == 10);
    CHECK(weir::size_hint(numbers(10) | weir::take(4)) == 4);
    CHECK(weir::size_hint(numbers(3) | weir::take(4)) == 3);
    auto endless = weir::from_range(std::views::iota(0));
    CHECK(weir::size_hint(endless) == weir::detail::unknown_count);
    CHECK(weir::size_hint(std::move(endless) | weir::take(4)) == 4);
    const script<int> source;
    CHECK(weir::size_hint(source.stream()) == weir::detail::unknown_count);
}

TEST_CASE("to makes room for all that may come, and keeps none that was not needed") {
    const auto all = run(numbers(1000) | weir::to<std::vector>());
    CHECK(all.size() == 1000);
    CHECK(all.capacity() == 1000);
    const auto small = [](const int& x) { return x < 3; };
    const auto few = run(numbers(1000) | weir::filter(small) | weir::to<std::vector>());
    CHECK(few == std::vector{0, 1, 2});
    CHECK(few.capacity() == 3);
    const auto none = run(numbers(0) | weir::to<std::vector>());
    CHECK(none.empty());
}
