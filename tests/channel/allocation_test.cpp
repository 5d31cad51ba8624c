// What crossing a boundary costs in memory: nothing, once it runs.

#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/allocation_count.hpp>

#include <functional>
#include <ranges>
#include <thread>
#include <utility>

#include "kinds.hpp"

#if WEIR_COUNTS_ALLOCATIONS

using namespace weir::testing;

namespace {

// How many allocations a pipeline of n items makes in all, over one context.
std::size_t allocations(std::size_t n, std::size_t capacity) {
    asio::io_context io(1);
    const std::size_t before = allocation_count();
    const auto seen =
        run(io, weir::from_range(std::views::iota(std::size_t{0}, n)) | weir::buffer(capacity) |
                    weir::fold(std::size_t{0}, std::plus<>()));
    CHECK(seen == n * (n - 1) / 2);
    return allocation_count() - before;
}

// How many allocations tasks of a channel make, for n items each.
template <class Kind>
std::size_t awaited(std::size_t n, std::size_t capacity) {
    asio::io_context io(1);
    const asio::any_io_executor strand = asio::make_strand(io);
    auto ends = Kind::template make<std::size_t>(capacity);
    auto send = [](auto tx, std::size_t count) -> asio::awaitable<void> {
        for (std::size_t i = 0; i < count; ++i) co_await tx.send(i);
    };
    auto receive = [](auto rx) -> asio::awaitable<void> {
        while (auto x = co_await rx.receive()) static_cast<void>(*x);
    };
    const std::size_t before = allocation_count();
    asio::co_spawn(strand, send(std::move(ends.sender), n), asio::detached);
    asio::co_spawn(strand, receive(std::move(ends.receiver)), asio::detached);
    settle(io);
    return allocation_count() - before;
}

template <class Kind>
std::size_t piped(std::size_t n, std::size_t capacity) {
    asio::io_context io(1);
    auto ends = Kind::template make<std::size_t>(capacity);
    const std::size_t before = allocation_count();
    auto numbers = weir::from_range(std::views::iota(std::size_t{0}, n));
    auto sent = start(io, std::move(numbers) | weir::into(std::move(ends.sender)));
    CHECK(run(io, std::move(ends.receiver) | weir::count()) == n);
    return allocation_count() - before;
}

template <class Kind>
std::size_t tried(std::size_t n, std::size_t capacity) {
    auto ends = Kind::template make<std::size_t>(capacity);
    const std::size_t before = allocation_count();
    for (std::size_t i = 0; i < n; ++i) {
        ends.sender.try_send(std::size_t(i));
        if (i % 3 == 0) {
            while (ends.receiver.try_receive()) {
            }
        }
    }
    return allocation_count() - before;
}

template <class Kind>
std::size_t blocking(std::size_t n, std::size_t capacity) {
    auto ends = Kind::template make<std::size_t>(capacity);
    const std::size_t before = allocation_count();
    std::thread sending([tx = std::move(ends.sender), n]() mutable {
        for (std::size_t i = 0; i < n; ++i) tx.blocking_send(i);
    });
    while (ends.receiver.blocking_receive()) {
    }
    sending.join();
    return allocation_count() - before;
}

}  // namespace

TEST_CASE("neither an item that crosses a buffer nor a wake-up costs an allocation") {
    for (const std::size_t capacity : {1u, 2u, 64u, 1024u}) {
        CAPTURE(capacity);
        // Which of Asio's recycled memory is at hand differs by a few from run to run.
        CHECK(allocations(100'000, capacity) < allocations(1'000, capacity) + 10);
    }
}

TEST_CASE("nor does an item that crosses between two threads") {
    // How often the two sides wait for each other differs from run to run, and so does which thread
    // has memory of Asio's at hand; what does not is that it has nothing to do with the items.
    weir::runtime threads(2);
    constexpr std::size_t n = 1'000'000;
    for (const std::size_t capacity : {2u, 1024u}) {
        CAPTURE(capacity);
        const std::size_t before = allocation_count();
        threads.run(weir::from_range(std::views::iota(std::size_t{0}, n)) | weir::buffer(capacity) |
                    weir::count());
        CHECK(allocation_count() - before < 1'000);
    }
}

TEST_CASE_TEMPLATE("no channel allocates for an item, whichever way it goes", kind, CHANNEL_KINDS) {
    for (const std::size_t capacity : {1u, 2u, 64u}) {
        CAPTURE(capacity);
        CHECK(awaited<kind>(20'000, capacity) < awaited<kind>(1'000, capacity) + 10);
        CHECK(piped<kind>(20'000, capacity) < piped<kind>(1'000, capacity) + 10);
        CHECK(tried<kind>(20'000, capacity) < tried<kind>(1'000, capacity) + 10);
        CHECK(blocking<kind>(20'000, capacity) < blocking<kind>(1'000, capacity) + 10);
    }
}

#endif
