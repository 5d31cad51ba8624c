// Broken elsewhere: a coroutine that is destroyed at a suspension point leaks what its frame holds,
// or what it awaited frees it twice. Here a generator, or a whole pipeline, may be dropped at any
// item.

#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/flat_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace weir::testing;

namespace {

using text = std::string;

text named(int x) {
    return "an item too long to live anywhere but on the heap: " + std::to_string(x);
}

// Holds a resource in its frame, in its argument, and in what it awaits.
weir::generator<text> relayed(weir::any_stream<text> in, resource held) {
    const auto frame = held.acquire();
    while (auto x = co_await in.next()) {
        const auto loop = held.acquire();
        co_yield std::move(*x);
    }
}

weir::any_stream<text> source_of(script<int>& items, const resource& held) {
    return items.stream() | weir::map([hold = held.acquire()](int x) { return named(x); });
}

}  // namespace

TEST_CASE("a generator that is dropped at any of its items frees everything") {
    for (int given = 0; given < 6; ++given) {
        CAPTURE(given);
        resource held;
        script<int> items;
        asio::io_context io;
        {
            auto outer = relayed(relayed(source_of(items, held), held), held);
            for (int i = 0; i < given; ++i) {
                items.give(i);
                auto item = start_next(io, outer);
                settle(io);
                CHECK(item->get() == named(i));
            }
            CHECK(held.held() >= 1);
        }
        settle(io);
        CHECK(held.held() == 0);
    }
}

TEST_CASE("a generator that is dropped while it waits frees everything") {
    resource held;
    script<int> items;
    asio::io_context io;
    {
        std::optional outer = relayed(relayed(source_of(items, held), held), held);
        items.give(1);
        auto first = start_next(io, *outer);
        settle(io);
        CHECK(first->get() == named(1));
        asio::cancellation_signal stop;
        auto second = start_next(io, *outer, stop.slot());
        settle(io);
        CHECK_FALSE(second->done);
        stop.emit(asio::cancellation_type::terminal);
        settle(io);
        CHECK(second->aborted());
        outer.reset();
    }
    settle(io);
    CHECK(held.held() == 0);
}

TEST_CASE("a pipeline whose context is destroyed while it waits frees everything") {
    for (int given = 0; given < 6; ++given) {
        CAPTURE(given);
        resource held;
        script<int> items;
        {
            asio::io_context io;
            auto numbers =
                relayed(source_of(items, held), held) | weir::batch(2) | weir::buffer(1) |
                weir::flat_map([](auto batch) { return weir::from_range(std::move(batch)); });
            auto result = start(io, std::move(numbers) | weir::buffer(2) | weir::count());
            for (int i = 0; i < given; ++i) items.give(i);
            settle(io);
            CHECK_FALSE(result->done);
            CHECK(held.held() >= 1);
        }
        CHECK(held.held() == 0);
    }
}

TEST_CASE("a pipeline that never ran frees everything") {
    resource held;
    script<int> items;
    {
        auto unused = relayed(source_of(items, held), held) | weir::buffer(4) | weir::count();
        static_cast<void>(unused);
        CHECK(held.held() >= 1);
    }
    CHECK(held.held() == 0);
}
