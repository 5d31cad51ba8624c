// How par_for_each and par_reduce end before they are done.

#include <weir/runtime/par_for_each.hpp>
#include <weir/runtime/par_reduce.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/testing/resource.hpp>

#include <doctest/doctest.h>
#include <support/failures.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;

TEST_CASE("a failure ends the work, and comes out as it is") {
    weir::runtime rt(3);
    const std::vector<int> xs(100'000, 1);
    resource living;
    std::atomic<int> calls = 0;
    auto fail = [&calls, held = living.acquire()](int x) {
        if (++calls % 1'000 == 0) throw callable_failure();
        return x;
    };
    CHECK_THROWS_AS(rt.run(weir::par_for_each(rt, xs, fail)), callable_failure);
    CHECK_THROWS_AS(rt.run(weir::par_reduce(rt, xs, 0, std::plus<>(), fail)), callable_failure);
    CHECK(calls < 2 * 100'000);
    auto fail_at_last = [](long a, long b) {
        if (a == 1'000'000) throw callable_failure();
        return a + b;
    };
    CHECK_THROWS_AS(rt.run(weir::par_reduce(rt, xs, 1'000'000L, fail_at_last)), callable_failure);
}

TEST_CASE("work that is cancelled ends after the chunks at hand, and holds nothing then") {
    weir::runtime rt(2);
    for (int round = 0; round < 20; ++round) {
        resource living;
        std::atomic<long> calls = 0;
        auto slow = [&calls, held = living.acquire()](int) {
            ++calls;
            std::this_thread::yield();
        };
        asio::cancellation_signal stop;
        std::promise<std::pair<std::exception_ptr, int>> ended;
        auto on_end = [&](std::exception_ptr e) { ended.set_value({std::move(e), living.held()}); };
        auto strand = asio::make_strand(rt.context());
        weir::par_for_each(
            rt, std::views::iota(0, 2'000'000'000), std::move(slow),
            asio::bind_cancellation_slot(stop.slot(), asio::bind_executor(strand, on_end)));
        while (calls < 10 * round) std::this_thread::yield();
        asio::post(strand, [&stop] { stop.emit(asio::cancellation_type::terminal); });
        auto [error, held] = ended.get_future().get();
        REQUIRE(error);
        CHECK_THROWS_AS(std::rethrow_exception(error), asio::system_error);
        CHECK(held == 0);
    }
}

TEST_CASE("a context that is destroyed takes the work along") {
    resource living;
    auto io = std::make_unique<asio::io_context>();
    auto count = [held = living.acquire()](int) {};
    weir::par_for_each(weir::parallel_executor(io->get_executor(), 3),
                       std::views::iota(0, 1'000'000), std::move(count),
                       asio::bind_executor(*io, [](std::exception_ptr) {}));
    io->poll_one();
    CHECK(living.held() == 1);
    io.reset();
    CHECK(living.held() == 0);
}
