// A segment kept its strand after its context was gone. Whatever still held the segment, such as a
// stream that had been pulled, then let go of the strand into a context that was no more.
// (Seen by the address and thread sanitizers.)

#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

using namespace weir::testing;

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
