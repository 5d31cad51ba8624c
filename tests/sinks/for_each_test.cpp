// for_each, with a function and with a coroutine.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>
#include <support/items.hpp>

#include <memory>
#include <ranges>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

auto numbers(int n = 4) {
    return weir::from_range(std::views::iota(0, n));
}

asio::awaitable<void> turn() {
    auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace

TEST_CASE("for_each calls its function with each item, in order") {
    std::vector<int> seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    run(numbers() | weir::for_each(collect));
    CHECK(seen == std::vector{0, 1, 2, 3});
    seen.clear();
    run(interleave_pending(numbers()) | weir::for_each(collect));
    CHECK(seen == std::vector{0, 1, 2, 3});
    run(numbers(0) | weir::for_each(collect));
    CHECK(seen.size() == 4);
}

TEST_CASE("what the function of for_each throws names it, and no further item is taken") {
    script<int> source;
    source.give({1, 2, 3}).end();
    auto fail = [](int x) {
        if (x == 2) throw callable_failure();
    };
    CHECK_THROWS_WITH_AS(run(source.stream() | weir::for_each(fail, "store")),
                         "for_each 'store': bad item", weir::stage_error);
    CHECK(source.left() == 1);
}

TEST_CASE("a coroutine is awaited before the next item is taken") {
    std::vector<std::string> seen;
    auto step = [&seen](int x) -> asio::awaitable<void> {
        seen.push_back("begin " + std::to_string(x));
        co_await turn();
        seen.push_back("end " + std::to_string(x));
    };
    run(numbers(2) | weir::for_each(step));
    CHECK(seen == std::vector<std::string>{"begin 0", "end 0", "begin 1", "end 1"});
    seen.clear();
    run(interleave_pending(numbers(2)) | weir::for_each(step));
    CHECK(seen.size() == 4);
    run(numbers(0) | weir::for_each(step));
    CHECK(seen.size() == 4);
}

TEST_CASE("a last partial batch is awaited like every other") {
    std::vector<std::size_t> sizes;
    auto step = [&sizes](std::vector<int> batch) -> asio::awaitable<void> {
        co_await turn();
        sizes.push_back(batch.size());
    };
    run(numbers(5) | weir::batch(2) | weir::for_each(step));
    CHECK(sizes == std::vector<std::size_t>{2, 2, 1});
}

TEST_CASE("a coroutine takes items that cannot be copied") {
    int sum = 0;
    auto step = [&sum](move_only x) -> asio::awaitable<void> {
        co_await turn();
        sum += x.value();
    };
    run(numbers() | weir::map([](int x) { return move_only(x); }) | weir::for_each(step));
    CHECK(sum == 6);
}

TEST_CASE("many coroutines that complete at once do not use up the stack") {
    int n = 0;
    auto step = [&n](int) -> asio::awaitable<void> {
        ++n;
        co_return;
    };
    run(numbers(200'000) | weir::for_each(step));
    CHECK(n == 200'000);
}

TEST_CASE("what a coroutine throws names the stage, whether it has waited or not") {
    for (const bool wait : {false, true}) {
        auto step = [wait](int x) -> asio::awaitable<void> {
            if (wait) co_await turn();
            if (x == 1) throw callable_failure();
        };
        CHECK_THROWS_WITH_AS(run(numbers() | weir::for_each(step, "send")),
                             "for_each 'send': bad item", weir::stage_error);
    }
}

TEST_CASE("a cancelled for_each cancels the coroutine that runs and waits for it") {
    asio::io_context io;
    asio::cancellation_signal stop;
    resource held;
    std::string fate = "runs";
    auto step = [&](int) -> asio::awaitable<void> {
        const auto in_frame = held.acquire();
        asio::steady_timer timer(co_await asio::this_coro::executor,
                                 asio::steady_timer::time_point::max());
        try {
            co_await timer.async_wait(asio::use_awaitable);
        } catch (const asio::system_error&) {
            fate = "cancelled";
        }
        co_await asio::this_coro::reset_cancellation_state();
        co_await turn();  // cleans up, and takes its time
        fate += ", cleaned up";
    };
    auto result = start(io, numbers() | weir::for_each(step), stop.slot());
    settle(io);
    CHECK_FALSE(result->done);
    CHECK(held.held() == 1);
    std::string fate_at_completion;
    int held_at_completion = -1;
    result->on_completion = [&] {
        fate_at_completion = fate;
        held_at_completion = held.held();
    };
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    CHECK(fate_at_completion == "cancelled, cleaned up");
    CHECK(held_at_completion == 0);
}

TEST_CASE("a context destroyed while a coroutine of for_each runs takes it along") {
    resource held;
    auto step = [&](int) -> asio::awaitable<void> {
        const auto in_frame = held.acquire();
        asio::steady_timer timer(co_await asio::this_coro::executor,
                                 asio::steady_timer::time_point::max());
        co_await timer.async_wait(asio::use_awaitable);
    };
    auto io = std::make_unique<asio::io_context>();
    auto result = start(*io, numbers() | weir::for_each(step));
    settle(*io);
    CHECK(held.held() == 1);
    io.reset();
    CHECK(held.held() == 0);
    CHECK_FALSE(result->done);
}
