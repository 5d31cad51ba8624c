// async_map, in order and as completed.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/async_map_keyed.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/for_each_concurrent.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;
using in = weir::any_stream<move_only>;
using texts = weir::any_stream<std::string>;
using timer = asio::basic_waitable_timer<virtual_time>;

namespace {

std::string twice(const move_only& x) {
    return std::to_string(x.value() * 2);
}

// Yields once before it fails or returns.
asio::awaitable<std::string> late(probe call, move_only x) {
    co_await asio::post(asio::use_awaitable);
    call();
    co_return twice(x);
}

asio::awaitable<std::string> at_once(probe call, move_only x) {
    call();
    co_return twice(x);
}

operator_exam exam_of(std::string stage, decltype(operator_exam::apply) apply) {
    return {.apply = std::move(apply),
            .input = {1, 2, 3, 4},
            .expected = {"2", "4", "6", "8"},
            .before_failure = {},
            .filtered = {},
            .stage = std::move(stage)};
}

}  // namespace

TEST_CASE("async_map passes on what f yields for each item, in order") {
    const std::string stage = "async_map 'exam'";
    SUBCASE("one at a time") {
        examine(exam_of(stage, [](in s, probe call) -> texts {
            auto f = [call](move_only x) { return late(call, std::move(x)); };
            return std::move(s) | weir::async_map(1, f, "exam");
        }));
    }
    SUBCASE("several at a time, without a suspension") {
        examine(exam_of(stage, [](in s, probe call) -> texts {
            auto f = [call](move_only x) { return at_once(call, std::move(x)); };
            return std::move(s) | weir::async_map(2, f, "exam");
        }));
    }
}

TEST_CASE("async_map_unordered passes on what f yields") {
    examine(exam_of("async_map_unordered 'exam'", [](in s, probe call) -> texts {
        auto f = [call](move_only x) { return late(call, std::move(x)); };
        return std::move(s) | weir::async_map_unordered(1, f, "exam");
    }));
}

TEST_CASE("async_map_keyed passes on what f yields") {
    examine(exam_of("async_map_keyed 'exam'", [](in s, probe call) -> texts {
        auto f = [](move_only x) { return late(probe(), std::move(x)); };
        auto key = [call](const move_only& x) { return call(), x.value() % 2; };
        return std::move(s) | weir::async_map_keyed(1, key, f, "exam");
    }));
}

TEST_CASE("async_map hands a completion token to a function that takes one") {
    examine(exam_of("async_map 'exam'", [](in s, probe call) -> texts {
        auto f = [call](move_only x, auto token) {
            auto begin = [](auto handler, probe p, move_only y) {
                auto executor = asio::get_associated_executor(handler);
                auto tell = [handler = std::move(handler), p, y = std::move(y)]() mutable {
                    std::exception_ptr error;
                    try {
                        p();
                    } catch (...) {
                        error = std::current_exception();
                    }
                    std::move(handler)(error, twice(y));
                };
                asio::post(executor, std::move(tell));
            };
            return asio::async_initiate<decltype(token), void(std::exception_ptr, std::string)>(
                std::move(begin), token, call, std::move(x));
        };
        return std::move(s) | weir::async_map(1, f, "exam");
    }));
}

namespace {

// An async function whose operations end when the test says so.
struct workshop {
    explicit workshop(asio::io_context& context) : io(context) {}

    asio::io_context& io;
    std::vector<std::shared_ptr<timer>> jobs;  // expires: done; cancelled: aborted
    std::vector<std::string> seen;
    int under_way = 0;
    int most = 0;
    int aborted = 0;

    asio::awaitable<std::string> work(int x) {
        auto job = std::make_shared<timer>(io, 24h);
        jobs.push_back(job);
        most = std::max(most, ++under_way);
        try {
            co_await job->async_wait(asio::use_awaitable);
        } catch (const asio::system_error&) {  // it is over, one way or the other
        }
        const auto state = co_await asio::this_coro::cancellation_state;
        --under_way;
        if (state.cancelled() != asio::cancellation_type::none) ++aborted;
        co_return std::to_string(x);
    }
    void end(std::size_t job) {
        jobs[job]->cancel();
        settle(io);
    }

    auto collect() {
        return weir::for_each([this](std::string x) { seen.push_back(std::move(x)); });
    }
};

struct fixture {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    script<int> source;
    workshop shop{io};

    auto f() {
        return [this](int x) { return shop.work(x); };
    }
    template <class Stream>
    auto run(Stream s, asio::cancellation_slot slot = {}) {
        auto result = start(io, std::move(s) | shop.collect(), slot);
        settle(io);
        return result;
    }
};

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("async_map has n operations under way, and takes no more items than that") {
    fixture t;
    t.source.give({1, 2, 3, 4, 5}).end();
    auto result = t.run(t.source.stream() | weir::async_map(3, t.f()));
    CHECK(t.shop.under_way == 3);
    CHECK(t.source.left() == 2);
    t.shop.end(1);  // not the first: its result waits, and keeps its place
    CHECK(t.shop.seen.empty());
    CHECK(t.shop.under_way == 2);
    CHECK(t.source.left() == 2);
    t.shop.end(0);
    CHECK(t.shop.seen == strings{"1", "2"});
    CHECK(t.shop.under_way == 3);
    for (std::size_t job = 2; job < 5; ++job) t.shop.end(job);
    CHECK(t.shop.seen == strings{"1", "2", "3", "4", "5"});
    CHECK(result->done);
    CHECK(t.shop.most == 3);
}

TEST_CASE("async_map_unordered passes results on as they come") {
    fixture t;
    t.source.give({1, 2, 3, 4}).end();
    auto result = t.run(t.source.stream() | weir::async_map_unordered(3, t.f()));
    t.shop.end(1);
    CHECK(t.shop.seen == strings{"2"});
    CHECK(t.shop.under_way == 3);
    t.shop.end(3);
    t.shop.end(0);
    t.shop.end(2);
    CHECK(t.shop.seen == strings{"2", "4", "1", "3"});
    CHECK(result->done);
}

TEST_CASE("async_map_keyed works on items of different keys at a time, and of one key in a row") {
    fixture t;
    t.source.give({10, 11, 12, 20}).end();
    auto tens = [](int x) { return x / 10; };
    auto result = t.run(t.source.stream() | weir::async_map_keyed(3, tens, t.f()));
    CHECK(t.shop.jobs.size() == 1);  // of 10; 11 and 12 wait for it, and fill the three places
    t.shop.end(0);
    CHECK(t.shop.seen == strings{"10"});
    CHECK(t.shop.jobs.size() == 3);  // 11, and now 20
    t.shop.end(2);
    CHECK(t.shop.seen == strings{"10", "20"});
    t.shop.end(1);
    t.shop.end(3);
    CHECK(t.shop.seen == strings{"10", "20", "11", "12"});
    CHECK(result->done);
}

TEST_CASE("a pipeline with async_map completes when its operations have ended") {
    fixture t;
    t.source.give({1, 2, 3});
    SUBCASE("cancelled") {
        asio::cancellation_signal stop;
        auto result = t.run(t.source.stream() | weir::async_map(3, t.f()), stop.slot());
        stop.emit(asio::cancellation_type::terminal);
        settle(t.io);
        CHECK(result->aborted());
    }
    SUBCASE("upstream fails") {
        auto result = t.run(t.source.stream() | weir::async_map(4, t.f()));
        t.source.fail();
        settle(t.io);
        CHECK_THROWS_AS(result->get(), source_error);
    }
    SUBCASE("one of them fails") {
        auto f = [&t](int x) -> asio::awaitable<std::string> {
            if (x == 3) throw std::runtime_error("three");
            return t.shop.work(x);
        };
        auto result = t.run(t.source.stream() | weir::async_map_unordered(4, f));
        CHECK_THROWS_WITH(result->get(), "async_map_unordered: three");
        CHECK(t.shop.aborted == 2);
        return;
    }
    CHECK(t.shop.under_way == 0);
    CHECK(t.shop.aborted == 3);
    CHECK(t.time->sleepers() == 0);
}

TEST_CASE("an operation that takes its time to be cancelled keeps the pipeline from completing") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<int> source;
    source.give(1);
    auto f = [&io](int x) -> asio::awaitable<int> {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        timer t(io, 50ms);
        co_await t.async_wait(asio::use_awaitable);
        co_return x;
    };
    asio::cancellation_signal stop;
    auto result = start(io, source.stream() | weir::async_map(2, f) | weir::for_each([](int) {}),
                        stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK_FALSE(result->done);
    time->advance(50ms);
    settle(io);
    CHECK(result->aborted());
}

TEST_CASE("no operation at a time is refused") {
    auto f = [](int x) -> asio::awaitable<int> { co_return x; };
    CHECK_THROWS_WITH_AS(weir::async_map(0, f),
                         "weir::async_map: at least 1 operation must be allowed at a time",
                         std::invalid_argument);
    CHECK_THROWS_AS(weir::async_map_unordered(0, f), std::invalid_argument);
    CHECK_THROWS_AS(weir::async_map_keyed(0, std::identity(), f), std::invalid_argument);
    CHECK_THROWS_AS(weir::for_each_concurrent(0, f), std::invalid_argument);
}
