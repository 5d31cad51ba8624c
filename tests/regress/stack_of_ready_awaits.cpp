// Broken elsewhere: awaiting what is already there resumes the coroutine from within, so that some
// hundred thousand ready items in a row overflow the stack. (No compiler promises tail calls at
// -O0, nor under the address sanitizer.) Here a ready item is a return, in a loop.

#include <weir/channel/channel.hpp>
#include <weir/operators/filter.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>

#include <ranges>
#include <utility>

using namespace weir::testing;

namespace {

constexpr int many = 3'000'000;

auto numbers() {
    return weir::from_range(std::views::iota(0, many));
}

template <class S>
asio::awaitable<int> pull_all(S stream) {
    int n = 0;
    while (auto x = co_await stream.next()) ++n;
    co_return n;
}

weir::generator<int> passed_on(weir::any_stream<int> in) {
    while (auto x = co_await in.next()) co_yield *x;
}

// Yields nothing: every await is answered at once, and nobody is resumed in between.
weir::generator<int> swallowed(weir::any_stream<int> in, int& n) {
    while (auto x = co_await in.next()) ++n;
}

asio::awaitable<void> ready_at_once() {
    co_return;
}

asio::awaitable<void> send_and_receive(int& received) {
    auto [tx, rx] = weir::channel<int>(4);
    for (int i = 0; i < many; ++i) {
        co_await tx.send(i);
        if (auto x = co_await rx.receive()) ++received;
    }
}

}  // namespace

TEST_CASE("three million ready items are pulled by a coroutine") {
    asio::io_context io;
    CHECK(run_task(io, pull_all(numbers())) == many);
}

TEST_CASE("three million ready items pass a generator, and a generator of a generator") {
    CHECK(run(passed_on(numbers()) | weir::count()) == many);
    CHECK(run(passed_on(passed_on(numbers())) | weir::count()) == many);
    int swallowed_count = 0;
    CHECK(run(swallowed(numbers(), swallowed_count) | weir::count()) == 0);
    CHECK(swallowed_count == many);
}

TEST_CASE("three million items are dropped in a row") {
    auto none = weir::filter([](int) { return false; });
    CHECK(run(numbers() | std::move(none) | weir::count()) == 0);
    auto empty = weir::flat_map([](int) { return weir::from_range(std::views::iota(0, 0)); });
    CHECK(run(numbers() | std::move(empty) | weir::count()) == 0);
}

TEST_CASE("calls of a coroutine that is done at once are awaited by a sink, however many") {
    int called = 0;
    auto call = weir::for_each([&called](int) {
        ++called;
        return ready_at_once();
    });
    constexpr int calls = many / 10;  // each is spawned, which takes the sanitizers a while
    run(weir::from_range(std::views::iota(0, calls)) | std::move(call));
    CHECK(called == calls);
}

TEST_CASE("three million items are sent and received by one coroutine, none of which waits") {
    asio::io_context io;
    int received = 0;
    run_task(io, send_and_receive(received));
    CHECK(received == many);
}
