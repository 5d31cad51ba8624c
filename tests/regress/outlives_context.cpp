// A segment kept its strand after its context was gone. Whatever still held the segment, such as a
// stream that had been pulled, then let go of the strand into a context that was no more.
// So did what a stream awaits: when the stream was destroyed, it was cancelled on a context that
// was no more. (Seen by the address and thread sanitizers.)

#include <weir/core/asio.hpp>
#include <weir/sources/generator.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace weir::testing;

namespace {

asio::awaitable<int> next_year() {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(24 * 365));
    co_await timer.async_wait(asio::use_awaitable);
    co_return 2;
}

weir::generator<int> slow() {
    co_yield 1;
    const int second = co_await next_year();
    co_yield second;
}

}  // namespace

TEST_CASE("a stream that was pulled may outlive the context it was pulled on") {
    script<int> source;
    auto stream = source.stream();
    asio::cancellation_signal stop;
    {
        asio::io_context io;
        source.give(1);
        auto first = start_next(io, stream);
        settle(io);
        CHECK(first->get() == 1);
        auto waits = start_next(io, stream, stop.slot());
        settle(io);
        CHECK_FALSE(waits->done);
    }
    source.give(2);                                // wakes nobody
    stop.emit(asio::cancellation_type::terminal);  // cancels nothing
    CHECK(source.left() == 1);
}

TEST_CASE("a stream that awaits an operation may outlive the context of the operation") {
    auto stream = slow();
    {
        asio::io_context io;
        auto pulled = [&] {
            auto first = start_next(io, stream);
            settle(io);
            CHECK(first->get() == 1);
            return start_next(io, stream);
        };
        SUBCASE("on a strand of ours") {
            auto waits = pulled();
            settle(io);
            CHECK_FALSE(waits->done);
        }
        SUBCASE("on a strand of Asio's") {
            auto pull = [](weir::generator<int>* from) -> asio::awaitable<void> {
                co_await from->next();
                co_await from->next();
            };
            auto waits = spawn(io, pull(&stream));
            settle(io);
            CHECK_FALSE(waits->done);
        }
    }
}
