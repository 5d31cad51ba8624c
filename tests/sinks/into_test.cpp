// into: a channel, and sinks of one's own.

#include <weir/channel/channel.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/failures.hpp>

#include <ranges>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

auto numbers(int n = 4) {
    return weir::from_range(std::views::iota(0, n));
}

// A sink that keeps what it is given, and is not ready until it is told so.
struct slow_sink {
    struct state {
        std::vector<int> items;
        int room = 0;
        bool flushed = false;
        bool fails = false;
        weir::waker_slot waiting;

        void allow(int n) {
            room += n;
            waiting.wake();
        }
        void flush() {
            flushed = true;
            waiting.wake();
        }
    };

    explicit slow_sink(state& s) : state_(&s) {}

    bool poll_ready(weir::poll_context& cx) {
        if (state_->room == 0) state_->waiting.arm(cx.poller());
        return state_->room != 0;
    }
    void push(int x) {
        if (state_->fails) throw callable_failure();
        --state_->room;
        state_->items.push_back(x);
    }
    bool poll_flush(weir::poll_context& cx) {
        if (!state_->flushed) state_->waiting.arm(cx.poller());
        return state_->flushed;
    }
    std::size_t result() { return state_->items.size(); }

private:
    state* state_;
};

}  // namespace

TEST_CASE("into a channel sends everything and closes it") {
    asio::io_context io;
    auto [to, from] = weir::channel<int>(2);
    auto sending = start(io, numbers() | weir::into(std::move(to)));
    auto received = start(io, std::move(from) | weir::to<std::vector>());
    settle(io);
    CHECK_NOTHROW(sending->get());
    CHECK(received->get() == std::vector{0, 1, 2, 3});
}

TEST_CASE("a failure upstream reaches the receiver after what was sent, and the terminal") {
    asio::io_context io;
    script<int> source;
    source.give({1, 2}).fail();
    auto [to, from] = weir::channel<int>(2);
    std::vector<int> seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    auto sending = start(io, source.stream() | weir::into(std::move(to)));
    auto received = start(io, std::move(from) | weir::for_each(collect));
    settle(io);
    CHECK_THROWS_AS(sending->get(), source_error);
    CHECK_THROWS_AS(received->get(), source_error);
    CHECK(seen == std::vector{1, 2});
}

TEST_CASE("into a channel whose receiver goes away completes, and upstream is let go of") {
    asio::io_context io;
    resource held;
    auto keep = [hold = held.acquire()](int x) { return x; };
    auto ends = weir::channel<int>(2);
    auto endless = weir::from_range(std::views::iota(0)) | weir::map(std::move(keep));
    auto sending = start(io, std::move(endless) | weir::into(std::move(ends.sender)));
    settle(io);
    CHECK_FALSE(sending->done);
    CHECK(run(io, std::move(ends.receiver) | weir::take(3) | weir::count()) == 3);
    CHECK_NOTHROW(sending->get());
    CHECK(held.held() == 0);
}

TEST_CASE("into a sink pushes when the sink is ready, and waits until all is flushed") {
    asio::io_context io;
    slow_sink::state sink;
    auto result = start(io, numbers() | weir::into(slow_sink(sink)));
    settle(io);
    CHECK(sink.items.empty());
    sink.allow(1);
    settle(io);
    CHECK(sink.items == std::vector{0});
    sink.allow(3);
    settle(io);
    CHECK(sink.items == std::vector{0, 1, 2, 3});
    CHECK_FALSE(result->done);
    sink.allow(1);  // it may be asked for one more, to learn that there is none
    settle(io);
    CHECK_FALSE(result->done);
    sink.flush();
    settle(io);
    CHECK(result->get() == 4);
}

TEST_CASE("into a sink that is ready takes late input") {
    slow_sink::state sink;
    sink.room = 100;
    sink.flushed = true;
    CHECK(run(interleave_pending(numbers()) | weir::into(slow_sink(sink))) == 4);
    CHECK(sink.items == std::vector{0, 1, 2, 3});
}

TEST_CASE("what a sink throws ends the pipeline") {
    slow_sink::state sink;
    sink.room = 1;
    sink.fails = true;
    CHECK_THROWS_AS(run(numbers() | weir::into(slow_sink(sink))), callable_failure);
}

TEST_CASE("a pipeline is cancelled while its sink waits") {
    asio::io_context io;
    asio::cancellation_signal stop;
    slow_sink::state sink;
    auto result = start(io, numbers() | weir::into(slow_sink(sink)), stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
    sink.waiting.disarm();
}
