// from_range and generate.

#include <weir/core/stage.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generate.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/failures.hpp>
#include <support/items.hpp>

#include <functional>
#include <list>
#include <optional>
#include <ranges>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

std::vector<int> values(const std::vector<move_only>& items) {
    std::vector<int> v;
    for (const move_only& x : items) v.push_back(x.value());
    return v;
}

}  // namespace

TEST_CASE("a container that is moved in has its elements moved out") {
    std::vector<move_only> items;
    for (int i = 0; i < 4; ++i) items.emplace_back(i);
    auto seen = run(weir::from_range(std::move(items)) | weir::to<std::vector>());
    CHECK(values(seen) == std::vector{0, 1, 2, 3});
}

TEST_CASE("a container that is copied keeps its elements") {
    const std::vector<std::string> words{"a", "b"};
    CHECK(run(weir::from_range(words) | weir::to<std::vector>()) == words);
    std::vector<std::string> other{"long enough to live on the heap, so that a move would show"};
    CHECK(run(weir::from_range(other) | weir::to<std::vector>()) == other);
    CHECK(other.front().starts_with("long"));
}

TEST_CASE("a view refers to its range and leaves the elements there") {
    std::vector<std::string> words{"long enough to live on the heap, so that a move would show"};
    auto seen = run(weir::from_range(std::views::all(words)) | weir::to<std::vector>());
    CHECK(seen == words);
    CHECK(words.front().starts_with("long"));
}

TEST_CASE("an infinite view goes on until nobody wants more") {
    CHECK(run(weir::from_range(std::views::iota(5)) | weir::take(3) | weir::to<std::vector>()) ==
          std::vector{5, 6, 7});
}

TEST_CASE("a range that can be read only once is read once") {
    std::istringstream text("3 1 4 1 5");
    CHECK(run(weir::from_range(std::ranges::istream_view<int>(text)) | weir::to<std::vector>()) ==
          std::vector{3, 1, 4, 1, 5});
}

TEST_CASE("ranges without random access and without a size will do") {
    std::list<int> list{1, 2, 3};
    CHECK(run(weir::from_range(std::move(list)) | weir::to<std::vector>()) == std::vector{1, 2, 3});
    auto odd = std::views::iota(0, 10) | std::views::filter([](int x) { return x % 2 != 0; });
    CHECK(run(weir::from_range(odd) | weir::to<std::vector>()) == std::vector{1, 3, 5, 7, 9});
    CHECK(run(weir::from_range(std::vector<int>()) | weir::to<std::vector>()).empty());
}

TEST_CASE("more elements than one turn may hand over all come") {
    asio::io_context io;
    constexpr std::uint64_t n = 5'000'000;
    auto result = start(io, weir::from_range(std::views::iota(std::uint64_t{0}, n)) |
                                weir::fold(std::uint64_t{0}, std::plus<>()));
    CHECK(settle(io) > 3);  // several turns
    CHECK(result->get() == n * (n - 1) / 2);
    auto list = run(weir::from_range(std::list<int>(100'000, 1)) | weir::count());
    CHECK(list == 100'000);
}

TEST_CASE("the stream of a range may be moved between polls") {
    asio::io_context io;
    auto first = weir::from_range(std::vector<std::string>{"a", "b", "c"});
    auto a = start_next(io, first);
    settle(io);
    CHECK(a->get() == "a");
    auto second = std::move(first);
    CHECK(run(io, std::move(second) | weir::to<std::vector>()) ==
          std::vector<std::string>{"b", "c"});
}

TEST_CASE("what a range's iterator throws comes out") {
    auto throws = [](int x) {
        if (x == 3) throw source_error();
        return x;
    };
    auto range = std::views::iota(0) | std::views::transform(throws);
    CHECK_THROWS_AS(run(weir::from_range(range) | weir::count()), source_error);
}

TEST_CASE("generate passes on what its function returns, for ever") {
    auto numbers = weir::generate([n = 0]() mutable { return n++; });
    CHECK(run(std::move(numbers) | weir::take(3) | weir::to<std::vector>()) ==
          std::vector{0, 1, 2});
}

TEST_CASE("generate ends at the first nullopt") {
    auto count_down = [n = 3]() mutable { return n == 0 ? std::nullopt : std::optional(n--); };
    CHECK(run(weir::generate(count_down) | weir::to<std::vector>()) == std::vector{3, 2, 1});
}

TEST_CASE("generate makes items that cannot be copied") {
    auto make = [n = 0]() mutable { return move_only(n++); };
    CHECK(values(run(weir::generate(make) | weir::take(2) | weir::to<std::vector>())) ==
          std::vector{0, 1});
}

TEST_CASE("what the function of generate throws names it") {
    auto fail = []() -> int { throw callable_failure(); };
    CHECK_THROWS_WITH_AS(run(weir::generate(fail, "numbers") | weir::count()),
                         "generate 'numbers': bad item", weir::stage_error);
}

TEST_CASE("an endless stream that lets nothing through still gives way to others") {
    asio::io_context io;
    asio::cancellation_signal stop;
    auto nothing = [](int) { return false; };
    auto busy = start(io, weir::generate([] { return 1; }) | weir::filter(nothing) | weir::count(),
                      stop.slot());
    auto other = start(io, weir::from_range(std::vector{1, 2}) | weir::count());
    CHECK(run_until(io, [&] { return other->done; }));
    CHECK_FALSE(busy->done);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(busy->aborted());
}
