// Clocks and alarms.

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

struct counting final : weir::wakeable {
    void wake() noexcept override { ++wakes; }
    std::atomic<int> wakes = 0;
};

using counting_ptr = weir::counted_ptr<counting>;

counting_ptr make() {
    return counting_ptr::adopt(new counting);
}

}  // namespace

TEST_CASE("a context has the steady clock, until it is given another") {
    asio::io_context io;
    const asio::any_io_executor executor = io.get_executor();
    const auto before = std::chrono::steady_clock::now();
    CHECK(weir::clock_of(executor).now() >= before);
    auto time = virtual_clock::install(io);
    CHECK(&weir::clock_of(executor) == time.get());
    CHECK(&weir::clock_of(weir::detail::make_segment_executor(executor)) == time.get());
    asio::io_context other;
    CHECK(&weir::clock_of(other.get_executor()) != time.get());
}

TEST_CASE("the steady clock wakes a sleeper, at once if its time has passed") {
    asio::io_context io;
    auto sleeper = make();
    weir::clock& time = weir::clock_of(io.get_executor());
    auto past = time.wake_at(time.now() - 1h, io.get_executor(), weir::waker::share(sleeper.get()));
    CHECK(run_until(io, [&] { return sleeper->wakes == 1; }));
    auto soon =
        time.wake_at(time.now() + 1us, io.get_executor(), weir::waker::share(sleeper.get()));
    CHECK(run_until(io, [&] { return sleeper->wakes == 2; }));
}

TEST_CASE("an appointment that is dropped wakes nobody") {
    asio::io_context io;
    auto sleeper = make();
    weir::clock& time = weir::clock_of(io.get_executor());
    time.wake_at(time.now() + 24h, io.get_executor(), weir::waker::share(sleeper.get())).reset();
    settle(io);
    CHECK(sleeper->wakes == 0);
}

TEST_CASE("time moved by hand wakes just those whose time has come") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    const auto now = time->now();
    auto early = make();
    auto late = make();
    auto a = time->wake_at(now + 1ms, io.get_executor(), weir::waker::share(early.get()));
    auto b = time->wake_at(now + 2ms, io.get_executor(), weir::waker::share(late.get()));
    CHECK(time->sleepers() == 2);
    time->advance(1ms - 1ns);
    CHECK(early->wakes == 0);
    time->advance(1ns);
    CHECK(early->wakes == 1);
    CHECK(late->wakes == 0);
    b.reset();
    time->advance(1h);
    CHECK(early->wakes == 1);
    CHECK(late->wakes == 0);
    CHECK(time->sleepers() == 0);
}

TEST_CASE("an alarm asks for one wake-up for one deadline") {
    asio::io_context io;
    auto time = virtual_clock::install(io);
    auto poller = make();
    const asio::any_io_executor executor = io.get_executor();
    const weir::ticket scope;
    weir::poll_context cx(*poller, executor, scope, {});
    weir::alarm alarm;
    const auto deadline = time->now() + 10ms;
    for (int i = 0; i < 3; ++i) CHECK_FALSE(alarm.reached(cx, deadline));
    CHECK(time->sleepers() == 1);
    CHECK_FALSE(alarm.reached(cx, deadline + 10ms));  // another deadline replaces it
    CHECK(time->sleepers() == 1);
    time->advance(20ms);
    CHECK(poller->wakes == 1);
    CHECK(alarm.reached(cx, deadline + 10ms));
    CHECK_FALSE(alarm.reached(cx, deadline + 1h));
    alarm.cancel();
    CHECK(time->sleepers() == 0);
}
