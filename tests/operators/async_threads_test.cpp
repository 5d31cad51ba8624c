// Async functions whose operations end on other threads.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/async_map_keyed.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/retry.hpp>
#include <weir/operators/timeout.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each_concurrent.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <ranges>
#include <thread>
#include <utility>

namespace {

using number = std::uint64_t;

// Goes to another pool's threads and comes back to where it is at home.
asio::awaitable<number> abroad(asio::thread_pool* pool, number x) {
    if (x % 3 != 0) co_await asio::post(pool->get_executor(), asio::use_awaitable);
    if (x % 5 == 0) co_await asio::post(asio::use_awaitable);
    co_return 2 * x;
}

// Counts itself.
struct stay {
    explicit stay(std::atomic<int>& n) : count(n) { ++count; }
    stay(const stay&) = delete;
    stay& operator=(const stay&) = delete;
    ~stay() { --count; }
    std::atomic<int>& count;
};

asio::awaitable<void> counted(std::atomic<int>* under_way, asio::thread_pool* pool, number x) {
    const stay here(*under_way);
    co_await abroad(pool, x);
}

auto numbers(number n) {
    return weir::from_range(std::views::iota(number{0}, n));
}

}  // namespace

TEST_CASE("operations that end on other threads come home") {
    asio::thread_pool pool(2);
    weir::runtime runtime(2);
    auto f = [&pool](number x) { return abroad(&pool, x); };
    constexpr number n = 20'000;
    auto sum = [] { return weir::fold(number{0}, std::plus<>()); };
    CHECK(runtime.run(numbers(n) | weir::async_map(16, f) | sum()) == n * (n - 1));
    CHECK(runtime.run(numbers(n) | weir::async_map_unordered(16, f) | weir::buffer(64) | sum()) ==
          n * (n - 1));
    auto key = [](number x) { return x % 7; };
    CHECK(runtime.run(numbers(n) | weir::async_map_keyed(16, key, f) | sum()) == n * (n - 1));
    auto safe = weir::retry({}, weir::timeout(std::chrono::hours(1), f));
    CHECK(runtime.run(numbers(500) | weir::async_map(16, std::move(safe)) | sum()) == 500 * 499);
    pool.join();
}

TEST_CASE("pipelines that are cancelled from another thread wait for their operations") {
    asio::thread_pool pool(1);
    weir::runtime runtime(2);
    for (int round = 0; round < 200; ++round) {
        std::atomic<int> under_way{0};
        auto f = [&](number x) { return counted(&under_way, &pool, x); };
        asio::cancellation_signal stop;
        const auto home = asio::make_strand(runtime.context());
        auto done = std::make_shared<std::promise<int>>();
        auto tell = [done, &under_way](const std::exception_ptr&) {
            done->set_value(under_way.load());
        };
        auto all = numbers(1'000'000'000) | weir::for_each_concurrent(8, f);
        auto bound = asio::bind_cancellation_slot(stop.slot(), std::move(tell));
        std::move(all).start(runtime.executor(), asio::bind_executor(home, std::move(bound)));
        while (round % 2 != 0 && under_way.load() == 0) std::this_thread::yield();
        asio::post(home, [&stop] { stop.emit(asio::cancellation_type::terminal); });
        CHECK(done->get_future().get() == 0);
    }
    pool.join();
}
