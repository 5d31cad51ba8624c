// fold, count and to; and how a terminal is called.

#include <weir/core/asio.hpp>
#include <weir/core/stage.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>
#include <support/items.hpp>

#include <exception>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <ranges>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

auto numbers(int n = 4) {
    return weir::from_range(std::views::iota(0, n));
}

auto late(int n = 4) {
    return interleave_pending(numbers(n));
}

auto sum() {
    return weir::fold(0, std::plus<>(), "sum");
}

}  // namespace

TEST_CASE("fold joins all items into one value, in order") {
    auto join = [](std::string all, int x) { return all + std::to_string(x); };
    CHECK(run(numbers() | weir::fold(std::string(">"), join)) == ">0123");
    CHECK(run(late() | weir::fold(std::string(">"), join)) == ">0123");
    CHECK(run(numbers(0) | weir::fold(std::string(">"), join)) == ">");
}

TEST_CASE("fold takes items and states that cannot be copied") {
    auto add = [](std::unique_ptr<int> total, std::unique_ptr<int> x) {
        if (!total) return x;
        *total += *x;
        return total;
    };
    auto boxed = numbers() | weir::map([](int x) { return std::make_unique<int>(x); });
    CHECK(*run(std::move(boxed) | weir::fold(std::unique_ptr<int>(), add)) == 6);
}

TEST_CASE("what the function of fold throws names it") {
    auto fail = [](int, int) -> int { throw callable_failure(); };
    CHECK_THROWS_WITH_AS(run(numbers() | weir::fold(0, fail, "sum")), "fold 'sum': bad item",
                         weir::stage_error);
}

TEST_CASE("count counts") {
    CHECK(run(numbers(7) | weir::count()) == 7);
    CHECK(run(late(7) | weir::count()) == 7);
    CHECK(run(numbers(0) | weir::count()) == 0);
}

TEST_CASE("to makes a container, given as a type or as a template") {
    CHECK(run(numbers() | weir::to<std::vector<long>>()) == std::vector<long>{0, 1, 2, 3});
    CHECK(run(late() | weir::to<std::vector>()) == std::vector{0, 1, 2, 3});
    CHECK(run(numbers() | weir::to<std::set>()) == std::set{0, 1, 2, 3});
    auto pairs = numbers() | weir::map([](int x) { return std::pair(x, std::to_string(x)); });
    const auto index = run(std::move(pairs) | weir::to<std::map<int, std::string>>());
    CHECK(index.size() == 4);
    CHECK(index.at(2) == "2");
}

TEST_CASE("to keeps items that cannot be copied or made without a value") {
    auto only = numbers() | weir::map([](int x) { return move_only(x); });
    CHECK(run(std::move(only) | weir::to<std::vector>()).at(3).value() == 3);
    auto valued = numbers() | weir::map([](int x) { return no_default(x); });
    CHECK(run(std::move(valued) | weir::to<std::vector>()).at(3).value() == 3);
}

TEST_CASE("a failure upstream is what a terminal ends with") {
    script<int> source;
    source.give({1, 2}).fail();
    CHECK_THROWS_AS(run(source.stream() | sum()), source_error);
    script<int> other;
    other.give({1, 2}).fail();
    CHECK_THROWS_AS(run(other.stream() | weir::to<std::vector>()), source_error);
}

TEST_CASE("a terminal is awaited in a coroutine") {
    asio::io_context io;
    auto task = []() -> asio::awaitable<int> { co_return co_await (late() | sum()); };
    CHECK(run_task(io, task()) == 6);
}

TEST_CASE("a terminal throws in the coroutine that awaits it") {
    asio::io_context io;
    auto task = []() -> asio::awaitable<std::string> {
        script<int> source;
        source.fail();
        std::string caught;
        try {
            co_await (source.stream() | sum());
        } catch (const source_error& e) {
            caught = e.what();
        }
        co_return caught;
    };
    CHECK(run_task(io, task()) == "the source has failed");
}

TEST_CASE("a terminal takes use_awaitable, use_future, and a callback") {
    asio::io_context io;
    auto task = []() -> asio::awaitable<int> {
        co_return co_await (numbers() | sum())(asio::use_awaitable);
    };
    CHECK(run_task(io, task()) == 6);

    std::future<int> on_system_threads = (numbers() | sum())(asio::use_future);
    CHECK(on_system_threads.get() == 6);

    std::future<int> on_io = (numbers() | sum()).start(io.get_executor(), asio::use_future);
    settle(io);
    CHECK(on_io.get() == 6);

    int seen = 0;
    auto callback = [&seen](std::exception_ptr error, int total) {
        CHECK_FALSE(error);
        seen = total;
    };
    (numbers() | sum())(asio::bind_executor(io, callback));
    CHECK(seen == 0);  // never inside the call
    settle(io);
    CHECK(seen == 6);
}

TEST_CASE("a handler is called on its own executor, wherever the pipeline runs") {
    asio::io_context here;
    asio::thread_pool there(1);
    std::thread::id called_on;
    bool done = false;
    auto callback = [&](std::exception_ptr, int) {
        called_on = std::this_thread::get_id();
        done = true;
    };
    (numbers() | sum()).start(there.get_executor(), asio::bind_executor(here, callback));
    CHECK(run_until(here, [&] { return done; }));
    CHECK(called_on == std::this_thread::get_id());
}

TEST_CASE("a pipeline that is never started never polls its stream") {
    script<int> source;
    {
        auto pipeline = source.stream() | sum();
    }
    CHECK(source.polls() == 0);
    CHECK(source.held() == 0);
}
