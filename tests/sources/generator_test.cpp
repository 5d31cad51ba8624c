// generator: streams written as coroutines.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>
#include <support/items.hpp>

#include <cstdint>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

weir::generator<int> count_to(int n) {
    for (int i = 1; i <= n; ++i) co_yield int(i);
}

weir::generator<int> evens(weir::any_stream<int> in) {
    while (auto x = co_await in.next()) {
        if (*x % 2 == 0) co_yield *x;
    }
}

weir::generator<int> fails_after(int n) {
    for (int i = 1; i <= n; ++i) co_yield int(i);
    throw callable_failure();
}

asio::awaitable<int> twice(int x) {
    auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    co_return 2 * x;
}

asio::awaitable<int> at_once(int x) {
    co_return x;
}

asio::awaitable<void> nothing() {
    co_return;
}

asio::awaitable<int> refuses() {
    throw callable_failure();
    co_return 0;
}

asio::awaitable<void> waits_for_ever(resource::hold held) {
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    CHECK(held != nullptr);
}

}  // namespace

TEST_CASE("a generator passes on what it yields, and ends with its body") {
    CHECK(run(count_to(3) | weir::to<std::vector>()) == std::vector{1, 2, 3});
    CHECK(run(count_to(0) | weir::to<std::vector>()).empty());
}

TEST_CASE("a generator that is never polled never starts") {
    resource held;
    auto body = [](resource::hold h) -> weir::generator<int> {
        FAIL("started");
        co_yield int(h != nullptr);
    };
    {
        auto stream = body(held.acquire());
    }
    CHECK(held.held() == 0);
}

TEST_CASE("a generator yields what cannot be copied, and copies what it keeps") {
    auto moves = []() -> weir::generator<move_only> {
        move_only x(1);
        co_yield std::move(x);
        co_yield move_only(2);
    };
    auto items = run(moves() | weir::to<std::vector>());
    CHECK(items.at(0).value() == 1);
    CHECK(items.at(1).value() == 2);
    auto keeps = []() -> weir::generator<std::string> {
        std::string text = "long enough to live on the heap, so that a move would show";
        co_yield text;
        CHECK(text.size() > 30);
        const std::string same = text;
        co_yield same;
    };
    auto texts = run(keeps() | weir::to<std::vector>());
    CHECK(texts.at(0) == texts.at(1));
}

TEST_CASE("a generator awaits the items of a stream that is ready, or late") {
    auto ready = weir::from_range(std::vector{1, 2, 3, 4});
    CHECK(run(evens(std::move(ready)) | weir::to<std::vector>()) == std::vector{2, 4});
    auto late = interleave_pending(weir::from_range(std::vector{1, 2, 3, 4}));
    CHECK(run(evens(std::move(late)) | weir::to<std::vector>()) == std::vector{2, 4});
    asio::io_context io;
    script<int> source;
    auto result = start(io, evens(source.stream()) | weir::to<std::vector>());
    for (int i = 1; i <= 4; ++i) {
        settle(io);
        source.give(i);
    }
    source.end();
    settle(io);
    CHECK(result->get() == std::vector{2, 4});
}

TEST_CASE("a generator awaits coroutines of Asio, with a result or without") {
    auto body = []() -> weir::generator<int> {
        for (int i = 0; i < 3; ++i) {
            co_await nothing();
            const int x = co_await twice(i);
            co_yield int(x);
            const int y = co_await at_once(10);
            co_yield int(y);
        }
    };
    CHECK(run(body() | weir::to<std::vector>()) == std::vector{0, 10, 2, 10, 4, 10});
}

TEST_CASE("what leaves the body of a generator names it") {
    std::vector<int> seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    CHECK_THROWS_WITH_AS(run(fails_after(2) | weir::for_each(collect)), "generator: bad item",
                         weir::stage_error);
    CHECK(seen == std::vector{1, 2});
    CHECK_THROWS_AS(run(fails_after(0) | weir::count()), weir::stage_error);
}

TEST_CASE("a stage's failure passes through a generator under its own name") {
    auto fail = [](int) -> int { throw callable_failure(); };
    auto stream = evens(weir::from_range(std::vector{1}) | weir::map(fail, "inner"));
    CHECK_THROWS_WITH_AS(run(std::move(stream) | weir::count()), "map 'inner': bad item",
                         weir::stage_error);
}

TEST_CASE("a generator can catch what an awaited stream or coroutine throws") {
    auto body = [](weir::any_stream<int> in) -> weir::generator<std::string> {
        std::string caught;
        try {
            while (auto x = co_await in.next()) co_yield std::to_string(*x);
        } catch (const source_error& e) {
            caught = e.what();
        }
        co_yield std::move(caught);
        std::string more;
        try {
            co_await refuses();
        } catch (const callable_failure& e) {
            more = e.what();
        }
        co_yield std::move(more);
    };
    const std::vector<std::string> expected{"1", "the source has failed", "bad item"};
    script<int> ready;
    ready.give(1).fail();
    CHECK(run(body(ready.stream()) | weir::to<std::vector>()) == expected);
    script<int> late;
    asio::io_context io;
    auto result = start(io, body(late.stream()) | weir::to<std::vector>());
    settle(io);
    late.give(1);
    settle(io);
    late.fail();
    settle(io);
    CHECK(result->get() == expected);
}

TEST_CASE("a generator destroyed where it waits lets go of everything") {
    resource held;
    auto keep = [](resource::hold h, weir::any_stream<int> in) -> weir::generator<int> {
        co_yield 1;
        while (auto x = co_await in.next()) co_yield *x;
        CHECK(h != nullptr);
    };
    for (const bool waiting : {false, true}) {
        script<int> source;
        asio::io_context io;
        {
            auto stream = keep(held.acquire(), source.stream());
            auto first = start_next(io, stream);
            settle(io);
            CHECK(first->get() == 1);
            if (waiting) {
                asio::cancellation_signal stop;
                auto second = start_next(io, stream, stop.slot());
                settle(io);
                stop.emit(asio::cancellation_type::terminal);
                settle(io);
                CHECK(second->aborted());
            }
        }
        settle(io);
        CHECK(held.held() == 0);
        CHECK(source.held() == 0);
    }
}

TEST_CASE("a pipeline cancelled while its generator awaits a coroutine waits until that is over") {
    resource held;
    auto body = [](resource::hold h) -> weir::generator<int> {
        co_await waits_for_ever(std::move(h));
        co_yield 1;
    };
    asio::io_context io;
    asio::cancellation_signal stop;
    auto result = start(io, body(held.acquire()) | weir::count(), stop.slot());
    settle(io);
    CHECK_FALSE(result->done);
    int held_at_completion = -1;
    result->on_completion = [&] { held_at_completion = held.held(); };
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    CHECK(held_at_completion == 0);
}

TEST_CASE("a context destroyed while a generator waits takes it along") {
    resource held;
    auto body = [](resource::hold h) -> weir::generator<int> {
        co_await waits_for_ever(std::move(h));
        co_yield 1;
    };
    auto io = std::make_unique<asio::io_context>();
    auto result = start(*io, body(held.acquire()) | weir::count());
    settle(*io);
    io.reset();
    CHECK_FALSE(result->done);
    CHECK(held.held() == 0);
}

TEST_CASE("millions of awaits that complete at once do not use up the stack") {
    auto body = [](std::uint64_t n) -> weir::generator<std::uint64_t> {
        auto in = weir::from_range(std::views::iota(std::uint64_t{0}, n));
        std::uint64_t sum = 0;
        while (auto x = co_await in.next()) sum += *x;
        co_yield std::uint64_t(sum);
    };
    constexpr std::uint64_t n = 3'000'000;
    const auto sums = run(body(n) | weir::to<std::vector>());
    CHECK(sums == std::vector{n * (n - 1) / 2});
    CHECK(run(count_to(3'000'000) | weir::count()) == n);
}

TEST_CASE("a generator may be moved between polls") {
    asio::io_context io;
    auto first = count_to(3);
    auto x = start_next(io, first);
    settle(io);
    CHECK(x->get() == 1);
    auto second = std::move(first);
    CHECK(run(io, std::move(second) | weir::to<std::vector>()) == std::vector{2, 3});
}

namespace {

asio::awaitable<int> next_of(weir::any_stream<int>& in) {
    auto x = co_await in.next();
    co_return x ? *x : -1;
}

// Awaits the same stream by polling and by a coroutine in turn; calls that are not awaited change
// nothing.
weir::generator<int> in_turn(weir::any_stream<int> in) {
    while (auto x = co_await in.next()) {
        co_yield *x;
        static_cast<void>(in.next());
        auto other = co_await next_of(in);
        co_yield other;
    }
}

}  // namespace

TEST_CASE("a generator and a coroutine may pull one stream in turn") {
    const auto all =
        run(in_turn(weir::from_range(std::vector{1, 2, 3, 4, 5})) | weir::to<std::vector>());
    CHECK(all == std::vector{1, 2, 3, 4, 5, -1});
}
