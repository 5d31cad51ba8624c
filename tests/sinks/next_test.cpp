// next(): pulling a stream by hand, from whatever runs ordinary Asio code.

#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

auto numbers(int n = 4) {
    return weir::from_range(std::views::iota(0, n));
}

template <class S>
asio::awaitable<std::vector<int>> pull_all(S stream) {
    std::vector<int> items;
    while (auto x = co_await stream.next()) items.push_back(*x);
    const auto after = co_await stream.next();
    CHECK_FALSE(after);
    co_return items;
}

// Calls that are made before any is awaited, and one that never is.
template <class S>
asio::awaitable<std::vector<int>> pull_later(S stream) {
    static_cast<void>(stream.next());
    auto first = stream.next();
    auto second = stream.next();
    static_cast<void>(stream.next());
    const std::optional<int> a = co_await std::move(second);
    const std::optional<int> b = co_await std::move(first);
    co_return std::vector{a.value(), b.value()};
}

template <class S>
asio::awaitable<int> sum_of(S stream) {
    int sum = 0;
    while (auto x = co_await stream.next()) sum += *x;
    co_return sum;
}

}  // namespace

TEST_CASE("a coroutine on a strand pulls items that are ready, or late") {
    asio::io_context io;
    CHECK(run_task(io, pull_all(numbers())) == std::vector{0, 1, 2, 3});
    CHECK(run_task(io, pull_all(interleave_pending(numbers()))) == std::vector{0, 1, 2, 3});
    CHECK(run_task(io, pull_all(numbers() | weir::buffer(2))) == std::vector{0, 1, 2, 3});
}

TEST_CASE("a call of next takes its item when it is awaited, and nothing if it is not") {
    asio::io_context io;
    CHECK(run_task(io, pull_later(numbers())) == std::vector{0, 1});
}

TEST_CASE("a coroutine on an io_context itself pulls, also with several threads") {
    for (const std::size_t threads : {1u, 3u}) {
        weir::runtime pool(threads);
        for (int round = 0; round < 100; ++round) {
            auto stream = interleave_pending(numbers(50)) | weir::buffer(3);
            auto sum = asio::co_spawn(pool.context(), sum_of(std::move(stream)), asio::use_future);
            CHECK(sum.get() == 49 * 50 / 2);
        }
    }
}

TEST_CASE("a stream is pulled with use_future") {
    asio::io_context io;
    auto stream = numbers(1);
    auto first = stream.next(asio::bind_executor(io, asio::use_future));
    settle(io);
    CHECK(first.get() == 0);
    auto end = stream.next(asio::bind_executor(io, asio::use_future));
    settle(io);
    CHECK(end.get() == std::nullopt);
}

TEST_CASE("a stream is pulled with a callback, which is never called inside the call") {
    asio::io_context io;
    auto stream = numbers();
    std::optional<int> seen;
    auto callback = [&seen](std::exception_ptr error, std::optional<int> x) {
        CHECK_FALSE(error);
        seen = x;
    };
    stream.next(asio::bind_executor(io, callback));
    CHECK_FALSE(seen);
    settle(io);
    CHECK(seen == 0);
}

TEST_CASE("after a failure the stream has ended") {
    asio::io_context io;
    script<int> source;
    auto stream = source.stream();
    source.give(1).fail();
    auto first = start_next(io, stream);
    settle(io);
    CHECK(first->get() == 1);
    auto second = start_next(io, stream);
    settle(io);
    CHECK_THROWS_AS(second->get(), source_error);
    auto third = start_next(io, stream);
    settle(io);
    CHECK(third->get() == std::nullopt);
}

TEST_CASE("a cancelled next has taken nothing, and the stream goes on") {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    auto stream = source.stream() | weir::map([](int x) { return 10 * x; });
    auto cancelled = start_next(io, stream, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    source.give(1);  // comes before the cancellation is dealt with
    settle(io);
    if (cancelled->aborted()) {
        auto again = start_next(io, stream);
        settle(io);
        CHECK(again->get() == 10);
    } else {
        CHECK(cancelled->get() == 10);
    }
    auto waits = start_next(io, stream);
    settle(io);
    CHECK_FALSE(waits->done);
    source.give(2);
    settle(io);
    CHECK(waits->get() == 20);
}

TEST_CASE("a next that is cancelled before it has begun is cancelled") {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    auto stream = source.stream();
    auto result = start_next(io, stream, stop.slot());
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    source.give(1);
    auto again = start_next(io, stream);
    settle(io);
    CHECK(again->get() == 1);
}

TEST_CASE("a coroutine that is cancelled in next ends with operation_aborted") {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    auto result = spawn(io, pull_all(source.stream()), stop.slot());
    source.give(1);
    settle(io);
    CHECK_FALSE(result->done);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    CHECK(source.held() == 0);
}

TEST_CASE("after a few items by hand the rest goes into a pipeline") {
    asio::io_context io;
    script<int> source;
    auto task = [](auto stream) -> asio::awaitable<std::vector<int>> {
        const auto header = co_await stream.next();
        CHECK(header == 1);
        co_return co_await (std::move(stream) | weir::buffer(1) | weir::to<std::vector>());
    };
    auto result = spawn(io, task(source.stream()));
    settle(io);
    source.give({1, 2});
    settle(io);
    source.give(3).end();
    settle(io);
    CHECK(result->get() == std::vector{2, 3});
}

TEST_CASE("a stream is pulled first here, then from another executor") {
    asio::io_context first;
    asio::io_context second;
    auto stream = numbers();
    auto here = start_next(first, stream);
    settle(first);
    CHECK(here->get() == 0);
    auto there = start_next(second, stream);
    settle(first);  // polls go on where they began
    settle(second);
    CHECK(there->get() == 1);
}

TEST_CASE("a coroutine that never has to wait lets others have their turn") {
    asio::io_context io;
    asio::cancellation_signal stop;
    std::size_t taken = 0;
    auto endless = [&taken](auto stream) -> asio::awaitable<void> {
        while (auto x = co_await stream.next()) ++taken;
    };
    auto busy = spawn(io, endless(weir::from_range(std::views::iota(0))), stop.slot());
    auto other = start(io, numbers() | weir::count());
    CHECK(run_until(io, [&] { return other->done; }));
    CHECK_FALSE(busy->done);
    stop.emit(asio::cancellation_type::terminal);
    CHECK(run_until(io, [&] { return busy->done; }));
    CHECK(busy->aborted());
    CHECK(taken > 0);
}

TEST_CASE("a context destroyed while somebody waits for an item leaves nothing behind") {
    script<int> source;
    auto io = std::make_unique<asio::io_context>();
    auto result = spawn(*io, pull_all(source.stream()));
    settle(*io);
    CHECK(source.held() == 1);
    io.reset();
    CHECK(source.held() == 0);
    CHECK_FALSE(result->done);
}
