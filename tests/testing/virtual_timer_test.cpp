// Asio timers on virtual time.

#include <weir/core/asio.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/seeded_context.hpp>
#include <weir/testing/virtual_clock.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using timer = asio::basic_waitable_timer<virtual_time>;

// As user code is: the clock is a parameter.
template <class Clock>
asio::awaitable<int> try_again(int times, std::chrono::milliseconds delay) {
    asio::basic_waitable_timer<Clock> t(co_await asio::this_coro::executor);
    int n = 0;
    for (; n < times; ++n) {
        t.expires_after(delay);
        co_await t.async_wait(asio::use_awaitable);
    }
    co_return n;
}

struct fixture {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    std::vector<asio::error_code> seen;

    void wait(timer& t) {
        t.async_wait([this](asio::error_code error) { seen.push_back(error); });
    }
    void advance(weir::clock::duration by) {
        time->advance(by);
        settle(io);
    }
};

const asio::error_code expired;
const asio::error_code aborted = asio::error::operation_aborted;

}  // namespace

TEST_CASE("a timer of virtual time expires when time is moved there, and not before") {
    fixture f;
    timer t(f.io, 50ms);
    f.wait(t);
    CHECK(f.time->sleepers() == 1);
    f.advance(50ms - 1ns);
    CHECK(f.seen.empty());
    f.advance(1ns);
    CHECK(f.seen == std::vector{expired});
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("a wait for a time that is past completes at once, and never inside the call") {
    fixture f;
    timer t(f.io, timer::time_point());
    f.wait(t);
    CHECK(f.seen.empty());
    settle(f.io);
    CHECK(f.seen == std::vector{expired});
    f.wait(t);  // it is still past
    settle(f.io);
    CHECK(f.seen.size() == 2);
}

TEST_CASE("a timer set anew aborts those who waited") {
    fixture f;
    timer t(f.io, 10ms);
    f.wait(t);
    f.wait(t);
    CHECK(t.expires_after(20ms) == 2);
    f.wait(t);
    f.advance(10ms);
    CHECK(f.seen == std::vector{aborted, aborted});
    f.advance(10ms);
    CHECK(f.seen == std::vector{aborted, aborted, expired});
}

TEST_CASE("cancel aborts all who wait, cancel_one the first, and no time stays booked") {
    fixture f;
    timer t(f.io, 10ms);
    for (int i = 0; i < 3; ++i) f.wait(t);
    CHECK(t.cancel_one() == 1);
    CHECK(f.time->sleepers() == 1);
    CHECK(t.cancel() == 2);
    CHECK(t.cancel() == 0);
    CHECK(f.time->sleepers() == 0);
    settle(f.io);
    CHECK(f.seen == std::vector{aborted, aborted, aborted});
}

TEST_CASE("a timer that is destroyed aborts those who wait; one that is moved does not") {
    fixture f;
    {
        timer first(f.io, 10ms);
        f.wait(first);
        timer second = std::move(first);
        settle(f.io);
        CHECK(f.seen.empty());
        timer third(f.io, 1h);
        third = std::move(second);
        f.advance(10ms);
        CHECK(f.seen == std::vector{expired});
        f.wait(third);
        settle(f.io);
        third.expires_after(1h);
        f.wait(third);
    }
    settle(f.io);
    CHECK(f.seen == std::vector{expired, expired, aborted});
}

TEST_CASE("the clock type tells the time of the newest clock") {
    CHECK(virtual_time::now() == virtual_time::time_point());
    fixture f;
    f.advance(3s);
    CHECK(virtual_time::now().time_since_epoch() == 3s);
    timer t(f.io);
    t.expires_at(virtual_time::now() + 1s);
    CHECK(t.expiry() == virtual_time::now() + 1s);
    {
        seeded_context ctx(1);
        CHECK(virtual_time::now() == virtual_time::time_point());
    }
    CHECK(virtual_time::now().time_since_epoch() == 3s);
}

TEST_CASE("a coroutine waits for virtual time, and a seeded context moves it") {
    seeded_context ctx(1);
    auto result = spawn(ctx, try_again<virtual_time>(5, 100ms));
    ctx.run();
    CHECK(result->get() == 5);
    CHECK(ctx.time().now().time_since_epoch() == 500ms);
}

TEST_CASE("a coroutine that is cancelled in a wait ends with operation_aborted") {
    seeded_context ctx(1);
    asio::cancellation_signal stop;
    auto result = spawn(ctx, try_again<virtual_time>(5, 100ms), stop.slot());
    ctx.settle();
    CHECK(ctx.time().sleepers() == 1);
    stop.emit(asio::cancellation_type::terminal);
    ctx.run();
    CHECK(result->aborted());
    CHECK(ctx.time().sleepers() == 0);
}

TEST_CASE("a context destroyed while a handler that owns its timer waits leaves nothing behind") {
    resource held;
    for (const bool seeded : {false, true}) {
        const auto leave = [&](auto& context) {
            auto t = std::make_shared<timer>(context, 1h);
            t->async_wait([t, hold = held.acquire()](asio::error_code) {});
            auto frame = [](resource::hold) { return try_again<virtual_time>(1, 1h); };
            auto result = spawn(context, frame(held.acquire()));
            settle(context);
        };
        if (seeded) {
            seeded_context ctx(1);
            leave(ctx);
        } else {
            asio::io_context io;
            const auto time = virtual_clock::install(io);
            leave(io);
        }
        CHECK(held.held() == 0);
    }
}
