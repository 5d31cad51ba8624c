// any_stream: a stream whose type says only what it yields.

#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/items.hpp>

#include <optional>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

weir::any_stream<int> numbers(bool doubled) {
    auto plain = weir::from_range(std::vector{1, 2, 3});
    if (!doubled) return plain;
    return std::move(plain) | weir::map([](int x) { return 2 * x; });
}

}  // namespace

TEST_CASE("streams of different types become one type") {
    CHECK(run(numbers(false) | weir::to<std::vector>()) == std::vector{1, 2, 3});
    CHECK(run(numbers(true) | weir::to<std::vector>()) == std::vector{2, 4, 6});
    std::vector<weir::any_stream<int>> several;
    several.push_back(numbers(false));
    several.push_back(numbers(true));
    auto all = weir::from_range(std::move(several)) |
               weir::flat_map([](weir::any_stream<int> s) { return s; });
    CHECK(run(std::move(all) | weir::to<std::vector>()) == std::vector{1, 2, 3, 2, 4, 6});
}

TEST_CASE("an empty any_stream says so") {
    weir::any_stream<int> none;
    CHECK_FALSE(none);
    weir::any_stream<int> some = numbers(false);
    CHECK(some);
    none = std::move(some);
    CHECK(none);
    CHECK_FALSE(some);
}

TEST_CASE("an any_stream owns its stream, and lets go of it") {
    script<int> source;
    std::optional<weir::any_stream<int>> stream = source.stream();
    CHECK(source.held() == 1);
    stream = numbers(false);
    CHECK(source.held() == 0);
}

TEST_CASE("an any_stream of an any_stream is that stream") {
    weir::any_stream<int> inner = numbers(false);
    weir::any_stream<int> outer = std::move(inner);
    CHECK(run(std::move(outer) | weir::count()) == 3);
}

TEST_CASE("items that cannot be copied pass through an any_stream") {
    script<move_only> source;
    source.give(move_only(1)).give(move_only(2)).end();
    weir::any_stream<move_only> stream = source.stream();
    auto items = run(std::move(stream) | weir::to<std::vector>());
    CHECK(items.size() == 2);
    CHECK(items.at(1).value() == 2);
}
