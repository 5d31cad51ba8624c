// A generator that asked a stream for an item after its end, or after its failure, polled it again:
// next() promises "nothing" at every later call, and streams may rely on not being polled.

#include <weir/sinks/to.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

template <class S>
weir::generator<int> asks_on(S in) {
    bool failed = false;
    try {
        while (auto x = co_await in.next()) co_yield int(*x);
    } catch (const std::exception&) {
        failed = true;
    }
    if (failed) co_yield -1;
    for (int i = 0; i < 3; ++i) {
        const auto more = co_await in.next();
        CHECK_FALSE(more);
    }
}

weir::generator<int> one() {
    co_yield 1;
}

weir::generator<int> fails() {
    throw std::runtime_error("bad");
    co_yield 1;
}

}  // namespace

TEST_CASE("a stream that has ended is not polled again by a generator that asks on") {
    script<int> source;
    source.give(1).end();
    CHECK(run(asks_on(source.stream()) | weir::to<std::vector>()) == std::vector{1});
    CHECK(run(asks_on(one()) | weir::to<std::vector>()) == std::vector{1});
}

TEST_CASE("a stream that has failed is not polled again by a generator that asks on") {
    script<int> source;
    source.give(1).fail();
    CHECK(run(asks_on(source.stream()) | weir::to<std::vector>()) == std::vector{1, -1});
    CHECK(run(asks_on(fails()) | weir::to<std::vector>()) == std::vector{-1});
}

TEST_CASE("a stream pulled to its end and moved has still ended") {
    asio::io_context io;
    auto first = one();
    for (int i = 0; i < 2; ++i) {
        auto item = start_next(io, first);
        settle(io);
        CHECK(item->get().has_value() == (i == 0));
    }
    auto second = std::move(first);
    auto item = start_next(io, second);
    settle(io);
    CHECK_FALSE(item->get());
}
