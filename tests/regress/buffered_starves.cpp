// In other libraries a "buffered" stream moves on what it holds only while it is polled: as long as
// the consumer is busy with an item, the operations under way stand still, and time out.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace weir::testing;
using timer = asio::basic_waitable_timer<virtual_time>;

namespace {

asio::awaitable<void> sleep(asio::io_context& io, std::chrono::milliseconds d) {
    timer t(io, d);
    co_await t.async_wait(asio::use_awaitable);
}

struct bench {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    int steps = 0;  // taken by all operations together

    auto ten_steps() {
        return [this](int x) -> asio::awaitable<int> { return walk(x); };
    }
    asio::awaitable<int> walk(int x) {
        for (int i = 0; i < 10; ++i) {
            co_await sleep(io, x == 0 ? 0ms : 1ms);
            ++steps;
        }
        co_return x;
    }
    void pass(int milliseconds) {
        settle(io);
        for (int i = 0; i < milliseconds; ++i) {
            time->advance(1ms);
            settle(io);
        }
    }
};

}  // namespace

TEST_CASE("operations under way go on while the consumer is a coroutine that awaits") {
    bench b;
    script<int> source;
    source.give({0, 1, 2, 3}).end();
    auto busy = [&b](int) { return sleep(b.io, 1h); };
    auto all = source.stream() | weir::async_map(4, b.ten_steps()) | weir::for_each(busy);
    auto result = start(b.io, std::move(all));
    b.pass(10);
    CHECK(b.steps == 40);
    CHECK_FALSE(result->done);
}

TEST_CASE("operations under way go on while nobody asks for the next item") {
    bench b;
    script<int> source;
    source.give({0, 1, 2, 3}).end();
    auto stream = source.stream() | weir::async_map(4, b.ten_steps());
    auto first = start_next(b.io, stream);
    settle(b.io);
    CHECK(first->get() == 0);
    b.pass(10);
    CHECK(b.steps == 40);
}
