// generate, of coroutines.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/generate.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/items.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

struct counter {
    int next = 0;
    int last = 5;
};

asio::awaitable<std::optional<int>> at_once(std::shared_ptr<counter> c) {
    if (c->next == c->last) co_return std::nullopt;
    co_return c->next++;
}

asio::awaitable<std::optional<int>> late(std::shared_ptr<counter> c) {
    co_await asio::post(asio::use_awaitable);
    co_return co_await at_once(std::move(c));
}

asio::awaitable<no_default> endless(std::shared_ptr<counter> c) {
    co_await asio::post(asio::use_awaitable);
    co_return no_default(c->next++);
}

asio::awaitable<std::optional<int>> failing(std::shared_ptr<counter> c) {
    co_await asio::post(asio::use_awaitable);
    if (c->next == 3) throw std::runtime_error("no more");
    co_return c->next++;
}

asio::awaitable<std::optional<int>> stuck(resource held) {
    const auto hold = held.acquire();
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
    co_return 1;
}

// Calls a coroutine with a counter of its own.
template <class Coroutine>
auto counting(Coroutine coroutine) {
    return [coroutine, c = std::make_shared<counter>()] { return coroutine(c); };
}

}  // namespace

TEST_CASE("generate yields what its coroutine returns, until nullopt, be it ready or late") {
    const std::vector expected{0, 1, 2, 3, 4};
    CHECK(run(weir::generate(counting(at_once)) | weir::to<std::vector>()) == expected);
    CHECK(run(weir::generate(counting(late)) | weir::to<std::vector>()) == expected);
}

TEST_CASE("a coroutine that returns no optional goes on for ever") {
    auto some = run(weir::generate(counting(endless)) | weir::take(3) | weir::to<std::vector>());
    CHECK(some == std::vector{no_default(0), no_default(1), no_default(2)});
}

TEST_CASE("a coroutine is called for an item that is asked for, and for no other") {
    auto c = std::make_shared<counter>();
    auto numbers = weir::generate([c] { return late(c); });
    CHECK(run(std::move(numbers) | weir::take(2) | weir::count()) == 2);
    CHECK(c->next == 2);
}

TEST_CASE("what the coroutine of generate throws names it, after the items before") {
    asio::io_context io;
    auto numbers = weir::generate(counting(failing), "numbers");
    for (int i = 0; i < 3; ++i) {
        auto item = start_next(io, numbers);
        settle(io);
        CHECK(item->get() == i);
    }
    auto last = start_next(io, numbers);
    settle(io);
    CHECK_THROWS_WITH_AS(last->get(), "generate 'numbers': no more", weir::stage_error);
}

TEST_CASE("the coroutine that runs is cancelled with the pipeline, which waits for it") {
    resource held;
    asio::io_context io;
    asio::cancellation_signal stop;
    auto make = [held] { return stuck(held); };
    auto result = start(io, weir::generate(make) | weir::count(), stop.slot());
    settle(io);
    CHECK(held.held() == 1);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    CHECK(held.held() == 0);
}

TEST_CASE("a context that goes takes the coroutine along") {
    resource held;
    {
        asio::io_context io;
        auto make = [held] { return stuck(held); };
        auto result = start(io, weir::generate(make) | weir::count());
        settle(io);
        CHECK(held.held() == 1);
    }
    CHECK(held.held() == 0);
}
