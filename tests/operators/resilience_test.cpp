// What is done about operations that fail or take too long: retry, timeout, circuit_breaker.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/retry.hpp>
#include <weir/operators/timeout.hpp>
#include <weir/runtime/circuit_breaker.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;
using in = weir::any_stream<move_only>;
using texts = weir::any_stream<std::string>;
using ints = std::vector<int>;
using timer = asio::basic_waitable_timer<virtual_time>;

namespace {

// Calls that fail as often as told, and then succeed.
struct server {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    int calls = 0;
    int failures = 0;
    weir::clock::duration takes{};
    script<int> requests;
    ints answers;
    std::shared_ptr<outcome<void>> result;
    asio::cancellation_signal stop;

    auto call() {
        return [this](int x) { return answer(x); };
    }
    asio::awaitable<int> answer(int x) {
        ++calls;
        if (takes > 0s) {
            timer t(io, takes);
            co_await t.async_wait(asio::use_awaitable);
        }
        if (failures != 0) {
            --failures;
            throw std::runtime_error("no");
        }
        co_return 10 * x;
    }
    template <class F>
    void begin(F f, std::size_t n = 1) {
        auto keep = weir::for_each([this](int x) { answers.push_back(x); });
        result = start(io, requests.stream() | weir::async_map(n, std::move(f)) | std::move(keep),
                       stop.slot());
        settle(io);
    }
    void ask(int x) {
        requests.give(x);
        settle(io);
    }
    void advance(weir::clock::duration d) {
        time->advance(d);
        settle(io);
    }
};

weir::retry_policy in_tens(unsigned at_most) {
    return {.waits = {.first_wait = 10ms, .max_wait = 25ms}, .max_attempts = at_most, .worth = {}};
}

}  // namespace

TEST_CASE("retry calls again after waits that grow up to a limit") {
    server s;
    s.failures = 3;
    s.begin(weir::retry(in_tens(4), s.call()));
    s.ask(1);
    int calls = 1;
    for (const auto wait : {10ms, 20ms, 25ms}) {
        CHECK(s.calls == calls++);
        s.advance(wait - 1ns);
        CHECK(s.calls == calls - 1);
        s.advance(1ns);
    }
    CHECK(s.answers == ints{10});
    s.ask(2);
    CHECK(s.calls == 5);
    CHECK(s.answers == ints{10, 20});
    CHECK(s.time->sleepers() == 0);
}

TEST_CASE("retry fails as the last attempt did, or where it is not worth another") {
    server s;
    s.failures = 9;
    auto policy = in_tens(3);
    SUBCASE("too often") {
        s.begin(weir::retry(policy, s.call()));
        s.ask(1);
        s.advance(1s);
        s.advance(1s);
        CHECK(s.calls == 3);
    }
    SUBCASE("not worth it") {
        policy.worth = [](const std::exception_ptr&) { return false; };
        s.begin(weir::retry(policy, s.call()));
        s.ask(1);
        CHECK(s.calls == 1);
    }
    CHECK_THROWS_WITH(s.result->get(), "async_map: no");
    CHECK_THROWS_AS(weir::retry(in_tens(0), s.call()), std::invalid_argument);
}

TEST_CASE("a pipeline that is cancelled while a call waits to be tried again is over at once") {
    server s;
    s.failures = 9;
    s.begin(weir::retry(in_tens(9), s.call()));
    s.ask(1);
    CHECK(s.time->sleepers() == 1);
    s.stop.emit(asio::cancellation_type::terminal);
    settle(s.io);
    CHECK(s.result->aborted());
    CHECK(s.calls == 1);
    CHECK(s.time->sleepers() == 0);
}

TEST_CASE("retry passes an item by reference to a function that wants no copies") {
    int calls = 0;
    auto f = [&calls](const move_only& x) -> asio::awaitable<std::string> {
        if (++calls == 1) throw std::runtime_error("once");
        co_return std::to_string(x.value());
    };
    asio::io_context io;
    auto time = virtual_clock::install(io);
    script<move_only> source;
    source.give(move_only(7)).end();
    std::string seen;
    auto result = start(io, source.stream() | weir::async_map(1, weir::retry(in_tens(2), f)) |
                                weir::for_each([&seen](const std::string& x) { seen += x; }));
    settle(io);
    time->advance(10ms);
    settle(io);
    result->get();
    CHECK(seen == "7");
}

TEST_CASE("async_map of retry sits the exam of any operator") {
    examine({.apply = [](in s, probe call) -> texts {
                 auto f = [call](const move_only& x) -> asio::awaitable<std::string> {
                     call();
                     co_return std::to_string(x.value());
                 };
                 weir::retry_policy once{.waits = {}, .max_attempts = 1, .worth = {}};
                 auto again = weir::retry(once, weir::timeout(1h, f));
                 return std::move(s) | weir::async_map(1, std::move(again), "exam");
             },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "async_map 'exam'"});
}

TEST_CASE("timeout cancels an operation when its time is over, and fails when that has ended") {
    server s;
    s.takes = 50ms;
    SUBCASE("in time") {
        s.begin(weir::timeout(50ms + 1ns, s.call()));
        s.ask(1);
        s.advance(50ms);
        CHECK(s.answers == ints{10});
    }
    SUBCASE("too late") {
        s.begin(weir::timeout(50ms - 1ns, s.call()));
        s.ask(1);
        s.advance(50ms - 2ns);
        CHECK_FALSE(s.result->done);
        s.advance(1ns);
        CHECK_THROWS_WITH(s.result->get(), "async_map: the operation took longer than 49999999 ns");
    }
    SUBCASE("cancelled from outside") {
        s.begin(weir::timeout(1s, s.call()));
        s.ask(1);
        s.stop.emit(asio::cancellation_type::terminal);
        settle(s.io);
        CHECK(s.result->aborted());
    }
    CHECK(s.time->sleepers() == 0);
    CHECK_THROWS_AS(weir::timeout(0s, s.call()), std::invalid_argument);
}

TEST_CASE("a timeout for each attempt lets the next one try") {
    server s;
    s.takes = 50ms;
    s.begin(weir::retry(in_tens(2), weir::timeout(20ms, s.call())));
    s.ask(1);
    s.advance(20ms);
    s.takes = 5ms;
    s.advance(10ms);
    CHECK(s.calls == 2);
    s.advance(5ms);
    CHECK(s.answers == ints{10});
}

TEST_CASE("a circuit breaker opens, asks again after its time, and closes when that went well") {
    server s;
    weir::circuit_breaker breaker({.failures = 2, .open_for = 1s, .probes = 1, .counts = {}});
    auto tell = [f = breaker.guard(s.call())](int x) mutable -> asio::awaitable<int> {
        return [](auto* g, int y) -> asio::awaitable<int> {
            std::exception_ptr failure;
            try {
                co_return co_await (*g)(y);
            } catch (const weir::circuit_open_error&) {
                co_return -1;
            } catch (const std::runtime_error&) {
                co_return -2;
            }
        }(&f, x);
    };
    s.failures = 3;
    s.begin(tell);
    s.ask(1);
    CHECK(breaker.state() == weir::circuit_state::closed);
    s.ask(2);
    CHECK(breaker.state() == weir::circuit_state::open);
    s.ask(3);
    CHECK(s.answers == ints{-2, -2, -1});
    CHECK(s.calls == 2);
    s.advance(1s - 1ns);
    s.ask(4);
    CHECK(s.calls == 2);
    s.advance(1ns);
    s.ask(5);  // the probe, which fails
    CHECK(s.calls == 3);
    CHECK(breaker.state() == weir::circuit_state::open);
    s.advance(1s);
    s.ask(6);
    CHECK(breaker.state() == weir::circuit_state::closed);
    CHECK(s.answers == ints{-2, -2, -1, -1, -2, 60});
}

TEST_CASE("a half-open circuit lets no more than its probes through") {
    server s;
    weir::circuit_breaker breaker({.failures = 1, .open_for = 1s, .probes = 1, .counts = {}});
    int open = 0;
    auto tell = [f = breaker.guard(s.call()), &open](int x) mutable -> asio::awaitable<int> {
        return [](auto* g, int* refused, int y) -> asio::awaitable<int> {
            try {
                co_return co_await (*g)(y);
            } catch (const weir::circuit_open_error&) {
                ++*refused;
            } catch (const std::runtime_error&) {
            }
            co_return 0;
        }(&f, &open, x);
    };
    s.failures = 1;
    s.begin(tell, 3);
    s.ask(1);
    s.advance(1s);
    s.takes = 10ms;
    s.requests.give({2, 3, 4});
    settle(s.io);
    CHECK(s.calls == 2);
    CHECK(open == 2);
    CHECK(breaker.state() == weir::circuit_state::half_open);
    s.advance(10ms);
    CHECK(breaker.state() == weir::circuit_state::closed);
    CHECK(s.answers == ints{0, 20, 0, 0});
}
