// any_stream hands items on in runs. Nobody can tell, but for how far upstream has gone.

#include <weir/operators/inspect.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/items.hpp>

#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

std::vector<int> below(int n) {
    std::vector<int> numbers(static_cast<std::size_t>(n));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

// Counts what is pulled out of an endless stream.
weir::any_stream<int> counting(int& pulled) {
    return weir::from_range(std::views::iota(0)) | weir::inspect([&pulled](int) { ++pulled; });
}

struct glance {
    const int* at;
};

}  // namespace

template <>
inline constexpr bool weir::is_borrowed<glance> = true;

TEST_CASE("order and number are kept, however long the stream is") {
    for (const int n : {0, 1, 2, 3, 7, 63, 64, 65, 127, 128, 1000}) {
        CAPTURE(n);
        weir::any_stream<int> erased = weir::from_range(below(n));
        CHECK(run(std::move(erased) | weir::to<std::vector>()) == below(n));
    }
}

TEST_CASE("what is pulled ahead of a consumer that stops is no more than it took, plus one") {
    for (const int n : {1, 2, 5, 40, 64, 100, 1000}) {
        CAPTURE(n);
        int pulled = 0;
        CHECK(run(counting(pulled) | weir::take(std::size_t(n)) | weir::count()) == n);
        CHECK(pulled >= n);
        CHECK(pulled <= 2 * n + 1);
        CHECK(pulled <= n + 64);
    }
}

TEST_CASE("items pulled ahead wait for the next poll, also when the stream is moved meanwhile") {
    asio::io_context io;
    int pulled = 0;
    std::optional<weir::any_stream<int>> stream = counting(pulled);
    for (int i = 0; i < 10; ++i) {
        auto item = start_next(io, *stream);
        settle(io);
        CHECK(item->get() == i);
    }
    CHECK(pulled > 10);
    auto moved = std::move(*stream);
    stream.reset();
    auto rest = std::move(moved) | weir::take(1000) | weir::to<std::vector>();
    auto expected = below(1010);
    expected.erase(expected.begin(), expected.begin() + 10);
    CHECK(run(io, std::move(rest)) == expected);
}

TEST_CASE("a failure comes after the items that came before it") {
    auto failing = [] {
        return weir::from_range(std::views::iota(0)) | weir::map([](int x) {
                   if (x == 20) throw std::runtime_error("no more");
                   return x;
               });
    };
    asio::io_context io;
    weir::any_stream<int> stream = failing();
    for (int i = 0; i < 20; ++i) {
        auto item = start_next(io, stream);
        settle(io);
        CHECK(item->get() == i);
    }
    auto last = start_next(io, stream);
    settle(io);
    CHECK_THROWS(last->get());
}

TEST_CASE("items that were pulled and are not wanted are destroyed with the stream") {
    auto token = std::make_shared<int>(7);
    {
        asio::io_context io;
        weir::any_stream<std::shared_ptr<int>> stream =
            weir::from_range(std::views::iota(0)) | weir::map([&](int) { return token; });
        for (int i = 0; i < 6; ++i) {
            auto item = start_next(io, stream);
            settle(io);
            CHECK(item->get());
        }
        CHECK(token.use_count() > 1);
    }
    CHECK(token.use_count() == 1);
}

TEST_CASE("a suspended stream wakes whoever polls last") {
    script<int> source;
    weir::any_stream<int> stream = source.stream();
    source.give({1, 2, 3});
    asio::io_context first_io;
    auto item = start_next(first_io, stream);
    settle(first_io);
    CHECK(item->get() == 1);
    asio::io_context io;
    auto rest = start(io, std::move(stream) | weir::to<std::vector>());
    settle(io);
    CHECK_FALSE(rest->done);
    source.give(4).end();
    settle(io);
    CHECK(rest->get() == std::vector{2, 3, 4});
}

TEST_CASE("move-only items, and those that cannot be made from nothing, cross too") {
    weir::any_stream<move_only> movable =
        weir::from_range(below(100)) | weir::map([](int x) { return move_only(x); });
    auto values = std::move(movable) | weir::map([](move_only x) { return x.value(); });
    CHECK(run(std::move(values) | weir::to<std::vector>()) == below(100));

    weir::any_stream<no_default> given =
        weir::from_range(below(100)) | weir::map([](int x) { return no_default(x); });
    auto read = std::move(given) | weir::map([](const no_default& x) { return x.value(); });
    CHECK(run(std::move(read) | weir::to<std::vector>()) == below(100));
}

TEST_CASE("large items cross one by one") {
    using large = std::array<int, 3000>;
    weir::any_stream<large> stream =
        weir::from_range(below(5)) | weir::map([](int x) { return large{x}; });
    auto firsts = std::move(stream) | weir::map([](const large& x) { return x[0]; });
    CHECK(run(std::move(firsts) | weir::to<std::vector>()) == below(5));
}

TEST_CASE("borrowed items cross while they are valid") {
    // Each item is a view of a place that the next one overwrites.
    auto place = std::make_shared<int>();
    weir::any_stream<glance> stream = weir::from_range(below(100)) | weir::map([place](int x) {
                                          *place = x;
                                          return glance(place.get());
                                      });
    auto seen = std::move(stream) | weir::map([](glance g) { return *g.at; });
    CHECK(run(std::move(seen) | weir::to<std::vector>()) == below(100));
}
