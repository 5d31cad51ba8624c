// The context whose order a seed decides.

#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/interval.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

// The order in which `n` posted handlers run under a seed.
std::string order_of(std::uint64_t seed, int n) {
    seeded_context ctx(seed);
    std::string order;
    for (int i = 0; i < n; ++i) {
        asio::post(ctx, [&order, i] { order += static_cast<char>('a' + i); });
    }
    ctx.run();
    return order;
}

// The order in which two strands, of three handlers each that post the next one, take their turns.
std::string turns_of(std::uint64_t seed) {
    seeded_context ctx(seed);
    std::string order;
    const auto chain = [&](char name) -> asio::awaitable<void> {
        auto here = co_await asio::this_coro::executor;
        for (int i = 0; i < 3; ++i) {
            order += name;
            co_await asio::post(here, asio::use_awaitable);
        }
    };
    auto a = spawn(ctx, chain('a'));
    auto b = spawn(ctx, chain('b'));
    ctx.run();
    a->get();
    b->get();
    return order;
}

auto numbers(int n) {
    return weir::from_range(std::views::iota(0, n));
}

}  // namespace

TEST_CASE("handlers run in every order, each decided by the seed") {
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        orders.insert(order_of(seed, 4));
        CHECK(order_of(seed, 4) == order_of(seed, 4));
    }
    CHECK(orders.size() == 24);
}

TEST_CASE("strands take their turns in every order, and each keeps its own") {
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) orders.insert(turns_of(seed));
    CHECK(orders.size() == 20);  // 6 choose 3
}

TEST_CASE("handlers of one strand run in the order they were posted") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        seeded_context ctx(seed);
        auto strand = asio::make_strand(ctx);
        std::vector<int> seen;
        for (int i = 0; i < 10; ++i) asio::post(strand, [&seen, i] { seen.push_back(i); });
        ctx.run();
        CHECK(std::ranges::is_sorted(seen));
        CHECK(seen.size() == 10);
    }
}

TEST_CASE("the executor may be wrapped, and says what it is") {
    seeded_context ctx(1);
    const asio::any_io_executor any = ctx.get_executor();
    CHECK(&asio::query(any, asio::execution::context) == &ctx);
    CHECK(asio::query(any, asio::execution::blocking) == asio::execution::blocking.never);
    CHECK(any == asio::any_io_executor(ctx.get_executor()));
    bool ran = false;
    asio::dispatch(any, [&] { ran = true; });
    CHECK_FALSE(ran);  // never inside the call
    ctx.run();
    CHECK(ran);
}

TEST_CASE("a pipeline over boundaries runs under any seed") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        seeded_context ctx(seed);
        auto result = start(ctx, numbers(20) | weir::buffer(2) | weir::on(ctx.get_executor(), 3) |
                                     weir::to<std::vector>());
        ctx.run();
        CHECK(result->get().size() == 20);
    }
}

TEST_CASE("time moves when nothing is ready, to the next time somebody waits for") {
    seeded_context ctx(1);
    const auto began = ctx.time().now();
    auto hours = start(ctx, weir::interval(1h) | weir::take(3) | weir::count());
    ctx.settle();
    CHECK(ctx.time().now() == began);
    CHECK(ctx.time().next_deadline() == began + 1h);
    ctx.run();
    CHECK(hours->get() == 3);
    CHECK(ctx.time().now() == began + 3h);
}

TEST_CASE("run_until stops where it is asked to") {
    seeded_context ctx(1);
    int n = 0;
    for (int i = 0; i < 10; ++i) asio::post(ctx, [&] { ++n; });
    ctx.run_until([&] { return n == 4; });
    CHECK(n == 4);
    CHECK(ctx.ready() == 6);
    CHECK(ctx.settle() == 6);
    CHECK_FALSE(ctx.run_one());
}

TEST_CASE("a pipeline that waits for nothing that will come is a deadlock, and says its seed") {
    seeded_context ctx(17);
    script<int> forgotten;
    auto result = start(ctx, forgotten.stream() | weir::count());
    CHECK_THROWS_WITH_AS(ctx.run(),
                         "deadlock under seed 17: nothing is ready, and nobody waits for a time, "
                         "and the test is not done",
                         deadlock_error);
    forgotten.end();
    ctx.run();
    CHECK(result->get() == 0);
}

TEST_CASE("a context with nothing to do is not a deadlock") {
    seeded_context ctx(1);
    CHECK_NOTHROW(ctx.run());
    const asio::any_io_executor any = ctx.get_executor();
    CHECK_NOTHROW(ctx.run());
    const auto work = asio::make_work_guard(ctx);
    CHECK_THROWS_AS(ctx.run(), deadlock_error);
}

TEST_CASE("blocking work is one more handler") {
    seeded_context ctx(1);
    bool ran = false;
    asio::post(weir::detail::blocking_executor_of(ctx.get_executor()), [&] { ran = true; });
    CHECK(ctx.ready() == 1);
    ctx.run();
    CHECK(ran);
}

TEST_CASE("a context destroyed in the middle of things takes everything along") {
    resource held;
    script<int> source;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        seeded_context ctx(seed);
        auto keep = [hold = held.acquire()](int x) { return x; };
        auto result = start(ctx, numbers(100) | weir::map(std::move(keep)) | weir::buffer(2) |
                                     weir::buffer(1) | weir::count());
        for (std::uint64_t i = ctx.random().below(40); i != 0; --i) ctx.run_one();
    }
    CHECK(held.held() == 0);
}
