// When a terminal completes: never before everything of its pipeline was let go of, also what runs
// before a boundary, on another thread, or in an operation of its own.

#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>

#include <cstdint>
#include <memory>
#include <ranges>
#include <utility>

using namespace weir::testing;

namespace {

// A pipeline over two boundaries. Upstream of each holds a resource.
struct guarded {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    resource held;
    int held_at_completion = -1;
    std::shared_ptr<outcome<std::uint64_t>> result;

    void begin(std::uint64_t take_only = 100) {
        auto first = [hold = held.acquire()](int x) { return x; };
        auto second = [hold = held.acquire()](int x) { return x; };
        result = start(io,
                       source.stream() | weir::map(std::move(first)) | weir::buffer(1) |
                           weir::map(std::move(second)) | weir::buffer(2) | weir::take(take_only) |
                           weir::count(),
                       stop.slot());
        result->on_completion = [this] { held_at_completion = held.held() + source.held(); };
    }
};

}  // namespace

TEST_CASE("a pipeline over boundaries completes after all of them let go: at its end") {
    guarded g;
    g.begin();
    g.source.give({1, 2, 3, 4, 5}).end();
    settle(g.io);
    CHECK(g.result->get() == 5);
    CHECK(g.held_at_completion == 0);
}

TEST_CASE("a pipeline over boundaries completes after all of them let go: on a failure") {
    guarded g;
    g.begin();
    g.source.give({1, 2, 3, 4, 5}).fail();
    settle(g.io);
    CHECK_THROWS_AS(g.result->get(), source_error);
    CHECK(g.held_at_completion == 0);
}

TEST_CASE("a pipeline over boundaries completes after all of them let go: when it has enough") {
    guarded g;
    g.begin(3);
    g.source.give({1, 2, 3, 4, 5});
    settle(g.io);
    CHECK(g.result->get() == 3);
    CHECK(g.held_at_completion == 0);
}

TEST_CASE("a pipeline over boundaries completes after all of them let go: when cancelled") {
    for (const int given : {0, 1, 100}) {
        guarded g;
        g.begin(1000);
        settle(g.io);
        for (int i = 0; i < given; ++i) g.source.give(i);
        settle(g.io);
        g.stop.emit(asio::cancellation_type::terminal);
        settle(g.io);
        CHECK(g.result->aborted());
        CHECK(g.held_at_completion == 0);
    }
}

TEST_CASE("every kind of cancellation ends a pipeline") {
    for (const auto kind : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total}) {
        guarded g;
        g.begin();
        settle(g.io);
        g.stop.emit(kind);
        settle(g.io);
        CHECK(g.result->aborted());
    }
}

TEST_CASE("a cancellation after the end changes nothing") {
    guarded g;
    g.begin();
    g.source.give(1).end();
    settle(g.io);
    g.stop.emit(asio::cancellation_type::terminal);
    settle(g.io);
    CHECK(g.result->get() == 1);
}

TEST_CASE("a context destroyed in the middle of a pipeline leaves nothing behind") {
    resource held;
    script<int> source;
    bool called = false;
    {
        asio::io_context io;
        auto keep = [hold = held.acquire()](int x) { return x; };
        auto result = start(io, source.stream() | weir::map(std::move(keep)) | weir::buffer(2) |
                                    weir::buffer(1) | weir::count());
        result->on_completion = [&] { called = true; };
        source.give({1, 2, 3, 4, 5, 6, 7});
        settle(io);
    }
    CHECK(held.held() == 0);
    CHECK(source.held() == 0);
    CHECK_FALSE(called);
}

TEST_CASE("a context that is never run leaves nothing behind") {
    resource held;
    {
        asio::io_context io;
        auto keep = [hold = held.acquire()](int x) { return x; };
        auto numbers = weir::from_range(std::views::iota(0)) | weir::map(std::move(keep));
        auto result = start(io, std::move(numbers) | weir::buffer(2) | weir::count());
    }
    CHECK(held.held() == 0);
}

TEST_CASE("a pipeline awaited by a coroutine is cancelled with it") {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    auto task = [](auto stream) -> asio::awaitable<std::uint64_t> {
        co_return co_await (std::move(stream) | weir::buffer(1) | weir::count());
    };
    auto result = spawn(io, task(source.stream()), stop.slot());
    source.give({1, 2, 3});
    settle(io);
    CHECK_FALSE(result->done);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    CHECK(source.held() == 0);
}

TEST_CASE("a context destroyed while a coroutine awaits a pipeline takes both along") {
    auto io = std::make_unique<asio::io_context>();
    script<int> source;
    auto task = [](auto stream) -> asio::awaitable<std::uint64_t> {
        co_return co_await (std::move(stream) | weir::buffer(1) | weir::count());
    };
    auto result = spawn(*io, task(source.stream()));
    settle(*io);
    io.reset();
    CHECK(source.held() == 0);
    CHECK_FALSE(result->done);
}
