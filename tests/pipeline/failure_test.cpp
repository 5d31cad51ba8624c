// What a pipeline does when one of its segments fails.

#include <weir/core/asio.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/discard.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

// Fails on the third item.
int parse(int x) {
    if (x == 3) throw callable_failure();
    return x;
}

using text = std::string;

}  // namespace

TEST_CASE("a pipeline runs its segments and completes when all are over") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto [tx, rx] = weir::channel<int>(2);
    f.p.add("read", numbers.stream() | weir::into(std::move(tx)));
    f.p.add("write", std::move(rx) | collect(seen));
    auto result = f.run();
    numbers.give({1, 2, 3, 4, 5});
    settle(f.io);
    CHECK_FALSE(result->done);
    numbers.end();
    settle(f.io);
    result->get();
    CHECK(seen == std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("a pipeline without segments is over at once") {
    pipeline_fixture f;
    auto result = f.run();
    result->get();
}

TEST_CASE(
    "the failure of the first segment is reported with its names, though the last one also "
    "fails with it") {
    // In both orders of adding, which is the order of starting.
    for (const bool reader_first : {true, false}) {
        CAPTURE(reader_first);
        pipeline_fixture f;
        script<int> numbers;
        std::vector<int> seen;
        auto [tx, rx] = weir::channel<int>(2);
        auto read = numbers.stream() | weir::map(parse, "parse") | weir::into(std::move(tx));
        auto write = std::move(rx) | collect(seen);
        if (reader_first) f.p.add("read", std::move(read));
        f.p.add("write", std::move(write));
        if (!reader_first) f.p.add("read", std::move(read));
        auto result = f.run();
        numbers.give({1, 2, 3, 4});
        settle(f.io);
        REQUIRE(result->done);
        CHECK(failure_of(*result) == "pipeline 'load': segment 'read': map 'parse': bad item");
        CHECK(numbers.held() == 0);
    }
}

TEST_CASE("a failure that reaches the last segment first is still the first segment's") {
    // The reader's boundary holds its completion back: the writer hears of the failure earlier.
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto [tx, rx] = weir::channel<int>(2);
    f.p.add("read", numbers.stream() | weir::buffer(1) | weir::map(parse, "parse") |
                        weir::into(std::move(tx)));
    f.p.add("write", std::move(rx) | collect(seen));
    auto result = f.run();
    numbers.give({1, 2, 3, 4});
    settle(f.io);
    CHECK(failure_of(*result) == "pipeline 'load': segment 'read': map 'parse': bad item");
}

TEST_CASE("a failure travels through a segment between, and keeps the name of where it arose") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto [tx, middle] = weir::channel<int>(2);
    auto [to_last, last] = weir::channel<int>(2);
    f.p.add("last", std::move(last) | collect(seen));
    f.p.add("middle", std::move(middle) | weir::into(std::move(to_last)));
    f.p.add("first", numbers.stream() | weir::into(std::move(tx)));
    auto result = f.run();
    numbers.give({1}).fail();
    settle(f.io);
    CHECK(failure_of(*result) == "pipeline 'load': segment 'first': the source has failed");
}

TEST_CASE("the failure of a middle or of the last segment ends those before it") {
    for (const bool last_fails : {true, false}) {
        CAPTURE(last_fails);
        pipeline_fixture f;
        script<int> numbers;
        auto [tx, middle] = weir::channel<int>(2);
        auto [to_last, last] = weir::channel<int>(2);
        auto fail = [last_fails](int x) { return last_fails ? x : parse(x); };
        auto fail_last = [last_fails](int x) {
            if (last_fails) parse(x);
        };
        f.p.add("first", numbers.stream() | weir::into(std::move(tx)));
        f.p.add("middle",
                std::move(middle) | weir::map(fail, "m") | weir::into(std::move(to_last)));
        f.p.add("last", std::move(last) | weir::for_each(fail_last, "l"));
        auto result = f.run();
        numbers.give({1, 2, 3});
        settle(f.io);
        REQUIRE(result->done);
        CHECK(numbers.held() == 0);
        CHECK(failure_of(*result) == (last_fails
                                          ? text("pipeline 'load': segment 'last': for_each 'l': ")
                                          : text("pipeline 'load': segment 'middle': map 'm': ")) +
                                         "bad item");
    }
}

TEST_CASE("the original exception can be had back") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.stream() | weir::map(parse, "parse") | collect(seen));
    auto result = f.run();
    numbers.give(3);
    settle(f.io);
    try {
        result->get();
        FAIL("it should have failed");
    } catch (const weir::pipeline_error& e) {
        CHECK(e.pipeline() == "load");
        CHECK(e.segment() == "all");
        try {
            e.rethrow_cause();
        } catch (const weir::stage_error& cause) {
            CHECK(cause.stage() == "map 'parse'");
            CHECK_THROWS_AS(cause.rethrow_cause(), callable_failure);
        }
    }
}

TEST_CASE("a coroutine may be a segment, and its failure is named too") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto fail_late = [](weir::any_stream<int> in) -> asio::awaitable<void> {
        while (auto x = co_await in.next()) parse(*x);
    };
    f.p.add("body", fail_late(numbers.stream()));
    auto result = f.run();
    numbers.give({1, 2});
    settle(f.io);
    CHECK_FALSE(result->done);
    numbers.give(3);
    settle(f.io);
    CHECK(failure_of(*result) == "pipeline 'load': segment 'body': bad item");
    CHECK(numbers.held() == 0);
}

TEST_CASE("a coroutine is cancelled when another segment fails, and has let go before run ends") {
    pipeline_fixture f;
    script<int> numbers;
    script<int> others;
    std::vector<int> seen;
    auto drain_it = [](weir::any_stream<int> in) -> asio::awaitable<void> {
        while (auto x = co_await in.next()) continue;
    };
    f.p.add("body", drain_it(others.stream()));
    f.p.add("read", numbers.stream() | collect(seen));
    auto result = f.run();
    CHECK(others.held() == 1);
    numbers.fail();
    settle(f.io);
    CHECK(others.held() == 0);
    CHECK(failure_of(*result) == "pipeline 'load': segment 'read': the source has failed");
}

TEST_CASE("cancelling run cancels all segments and completes with operation_aborted") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto [tx, rx] = weir::channel<int>(2);
    f.p.add("read", numbers.stream() | weir::into(std::move(tx)));
    f.p.add("write", std::move(rx) | collect(seen));
    asio::cancellation_signal signal;
    auto result = f.run(signal.slot());
    CHECK(numbers.held() == 1);
    signal.emit(asio::cancellation_type::terminal);
    settle(f.io);
    CHECK(result->aborted());
    CHECK(numbers.held() == 0);
}

TEST_CASE("cancel before run ends the run before it starts") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("read", numbers.give({1, 2}).stream() | collect(seen));
    f.p.cancel();
    auto result = f.run();
    CHECK(result->aborted());
    CHECK(seen.empty());
    CHECK(numbers.held() == 0);
}

TEST_CASE("destroying a pipeline that runs cancels it, and nothing stays behind") {
    asio::io_context io;
    script<int> numbers;
    std::vector<int> seen;
    auto result = std::make_shared<outcome<void>>();
    {
        weir::pipeline p("load", io.get_executor());
        p.add("read", numbers.stream() | collect(seen));
        p.run(record(io, result));
        settle(io);
        CHECK(numbers.held() == 1);
    }
    settle(io);
    CHECK(numbers.held() == 0);
    CHECK(result->aborted());
}

TEST_CASE("destroying a pipeline that was never run lets go of its segments") {
    asio::io_context io;
    script<int> numbers;
    std::vector<int> seen;
    {
        weir::pipeline p("load", io.get_executor());
        p.add("read", numbers.stream() | collect(seen));
        CHECK(numbers.held() == 1);
    }
    settle(io);
    CHECK(numbers.held() == 0);
}

TEST_CASE("the context may be destroyed before the pipeline, running or not") {
    for (const bool running : {true, false}) {
        CAPTURE(running);
        script<int> numbers;
        std::vector<int> seen;
        auto io = std::make_unique<asio::io_context>();
        weir::pipeline p("load", io->get_executor());
        p.add("read", numbers.stream() | collect(seen));
        auto result = std::make_shared<outcome<void>>();
        if (running) {
            p.run(record(*io, result));
            settle(*io);
        }
        io.reset();
        CHECK(numbers.held() == 0);
        CHECK_FALSE(result->done);
    }
}

TEST_CASE("what add refuses, it refuses with the names") {
    pipeline_fixture f;
    std::vector<int> seen;
    auto segment = [&] { return script<int>().end().stream() | collect(seen); };
    f.p.add("read", segment());
    CHECK_THROWS_WITH_AS(f.p.add("read", segment()),
                         "weir::pipeline 'load': there is a segment 'read' already",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(f.p.add("", segment()), "weir::pipeline 'load': a segment needs a name",
                         std::invalid_argument);
    f.run()->get();
    CHECK_THROWS_WITH_AS(f.p.add("late", segment()),
                         "weir::pipeline 'load': segment 'late' comes too late: it has been run",
                         std::logic_error);
    CHECK_THROWS_AS(weir::pipeline("", f.io.get_executor()), std::invalid_argument);
}

TEST_CASE("a pipeline runs once") {
    pipeline_fixture f;
    f.run()->get();
    CHECK(failure_of(*f.run()) == "weir::pipeline 'load': it runs once, and has been run");
}

TEST_CASE("what a segment yields goes to the function it was added with") {
    pipeline_fixture f;
    std::size_t n = 0;
    auto note = [&](std::size_t x) { n = x; };
    f.p.add("count", weir::from_range(std::vector{1, 2, 3}) | weir::count(), note);
    f.run()->get();
    CHECK(n == 3);
}

TEST_CASE("an exception of the function that takes a result is its segment's") {
    pipeline_fixture f;
    auto fail = [](std::size_t) { throw callable_failure(); };
    f.p.add("count", weir::from_range(std::vector{1, 2, 3}) | weir::count(), fail);
    CHECK(failure_of(*f.run()) == "pipeline 'load': segment 'count': bad item");
}

TEST_CASE(
    "a failure is told of when it happens, though a segment that cannot be cancelled goes on") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<std::string> told;
    f.p.on_failure([&](const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            told.emplace_back(e.what());
        }
    });
    asio::steady_timer never(f.io, asio::steady_timer::time_point::max());
    const auto waits = [&]() -> asio::awaitable<void> {
        auto deaf = asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await std::move(deaf);
        asio::error_code ignored;
        co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    };
    f.p.add("waits", waits());
    f.p.add("read", numbers.stream() | weir::map(parse, "parse") | weir::discard());
    auto result = f.run();
    numbers.give({1, 2, 3});
    settle(f.io);
    CHECK_FALSE(result->done);
    CHECK(told ==
          std::vector<std::string>{"pipeline 'load': segment 'read': map 'parse': bad item"});
    CHECK_THROWS_AS(f.p.on_failure([](const std::exception_ptr&) {}), std::logic_error);
    never.cancel();
    settle(f.io);
    REQUIRE(result->done);
    CHECK(failure_of(*result) == told.at(0));
    CHECK(told.size() == 1);
}

TEST_CASE("a cancellation is no failure to be told of") {
    pipeline_fixture f;
    script<int> numbers;
    bool told = false;
    f.p.on_failure([&](const std::exception_ptr&) { told = true; });
    f.p.add("read", numbers.stream() | weir::discard());
    auto result = f.run();
    f.p.cancel();
    settle(f.io);
    CHECK(result->aborted());
    CHECK_FALSE(told);
}
