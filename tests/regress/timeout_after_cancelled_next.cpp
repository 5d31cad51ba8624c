// timeout({.item}) counted from the first next() that found nothing, though that was cancelled and
// another was asked much later: it failed at once.

#include <weir/operators/map.hpp>
#include <weir/operators/timeout.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

/// A next() that is cancelled after a second, and another after an hour: none has failed.
void check_that_the_second_waits(weir::timeout_limits limits) {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    script<int> source;
    auto twice = [](int x) { return 2 * x; };
    // Behind other steps, too: what they pass on is who asks.
    weir::any_stream<int> stream =
        source.stream() | weir::timeout(limits) | weir::map(std::move(twice));
    asio::cancellation_signal stop;
    const auto first = start_next(io, stream, stop.slot());
    settle(io);
    time->advance(1s);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(first->aborted());
    time->advance(1h);
    settle(io);
    const auto second = start_next(io, stream);
    settle(io);
    CHECK_FALSE(second->done);
    time->advance(4s);
    settle(io);
    CHECK_FALSE(second->done);
    source.give(1);
    settle(io);
    CHECK(second->get() == 2);
    const auto third = start_next(io, stream);
    settle(io);
    time->advance(4999ms);
    settle(io);
    CHECK_FALSE(third->done);
    time->advance(1ms);
    settle(io);
    CHECK(third->done);
    CHECK_THROWS_AS(third->get(), weir::timeout_error);
}

}  // namespace

TEST_CASE("a limit on an item counts from the next() that waits, not from one that was cancelled") {
    check_that_the_second_waits({.item = 5s});
}

TEST_CASE("so does the limit on the first item") {
    check_that_the_second_waits({.item = 5s, .first = 5s});
}
