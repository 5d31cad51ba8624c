// Asio 1.26 to 1.35 uses a coroutine's cancellation slot once more after the coroutine has ended,
// where it ended without having been suspended. The signal was gone by then: upstream had failed,
// and the functions had their answers at hand. (Seen by the address sanitizer.) And an operation
// that was cancelled before its coroutine began kept its pipeline from ever completing; with Asio
// 1.26 to 1.29 it threw out of the executor.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/async_map_keyed.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/detail/pool_queue.hpp>
#include <weir/runtime/detail/timed_call.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/for_each_concurrent.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <utility>

using namespace weir::testing;

namespace {

using ints = weir::any_stream<int>;

asio::awaitable<int> answer(int x) {
    co_return x;
}
asio::awaitable<void> note(int) {
    co_return;
}

// Fails at its item `bad`.
ints failing(int bad) {
    auto parse = [bad](int x) {
        if (x == bad) throw std::runtime_error("no number");
        return x;
    };
    return weir::from_range(std::views::iota(0, 1000)) | weir::map(parse);
}

void nothing(int) {}

// Runs `make(bad)` for each early `bad`, first on one thread and then on two.
template <class Make>
void fails_each_time(Make make) {
    for (int round = 0; round < 60; ++round) {
        CAPTURE(round);
        asio::io_context io;
        auto result = start(io, make(round % 6));
        settle(io);
        CHECK_THROWS_WITH(result->get(), "map: no number");
    }
    asio::thread_pool threads(2);
    int failed = 0;
    for (int round = 0; round < 60; ++round) {
        std::promise<std::exception_ptr> end;
        auto got = end.get_future();
        make(round % 6).start(threads.get_executor(),
                              [&end](std::exception_ptr e) { end.set_value(std::move(e)); });
        if (got.get()) ++failed;
    }
    threads.join();
    CHECK(failed == 60);
}

}  // namespace

TEST_CASE("upstream fails while the async function answers at once") {
    SUBCASE("async_map") {
        fails_each_time([](int bad) {
            return failing(bad) | weir::async_map(4, answer) | weir::for_each(nothing);
        });
    }
    SUBCASE("async_map_keyed") {
        fails_each_time([](int bad) {
            auto key = [](int x) { return x % 2; };
            return failing(bad) | weir::async_map_keyed(4, key, answer) | weir::for_each(nothing);
        });
    }
    SUBCASE("for_each_concurrent") {
        fails_each_time([](int bad) { return failing(bad) | weir::for_each_concurrent(4, note); });
    }
}

TEST_CASE("an operation that is cancelled before its coroutine began lets its pipeline go") {
    struct sleeper final : weir::wakeable {
        void wake() noexcept override {}
    };
    using calls = weir::detail::operation_pool<std::function<asio::awaitable<int>(int)>, int>;

    asio::io_context io;
    const auto strand = weir::detail::make_segment_executor(io.get_executor());
    auto scope = std::make_shared<int>();
    const std::weak_ptr<int> held = scope;
    asio::post(strand, [&strand, scope = std::move(scope)] {
        const auto self = weir::counted_ptr<sleeper>::adopt(new sleeper);
        const weir::ticket pipeline = scope;
        weir::poll_context cx(*self, strand, pipeline, weir::poll_budget());
        const auto pool = calls::make(cx, answer, 2, weir::stage("calls", ""));
        const calls::poll_scope here(*pool, cx);
        pool->wake();  // its turn comes before those that begin the coroutines
        pool->start(pool->put(1));
        pool->start(pool->put(2));
        pool->cancel();
    });
    settle(io);
    CHECK(held.expired());
}

TEST_CASE("a call with a time limit that is cancelled before it began is not called") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    // On a pool queue, a coroutine does not begin where it is spawned.
    const auto lane =
        weir::detail::pool_queue::make(weir::detail::make_segment_executor(io.get_executor()));
    asio::cancellation_signal stop;
    bool called = false;
    auto call = [](bool* here) -> asio::awaitable<void> {
        *here = true;
        co_return;
    };
    std::exception_ptr error;
    auto tell = [&error](std::exception_ptr e) { error = std::move(e); };
    asio::co_spawn(lane->get_executor(),
                   weir::detail::within(std::chrono::seconds(1), call(&called)),
                   asio::bind_cancellation_slot(stop.slot(), tell));
    CHECK(io.poll_one() == 1);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(error);
    CHECK_FALSE(called);
}
