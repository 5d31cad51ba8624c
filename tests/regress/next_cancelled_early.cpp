// A next() started outside of its stream's strand begins there a little later. A cancellation that
// came to the strand first was forgotten, and the call waited on.

#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace weir::testing;

TEST_CASE("a next that is cancelled on its strand before it has begun there is cancelled") {
    asio::io_context io;
    asio::any_io_executor strand = asio::make_strand(io);
    asio::cancellation_signal stop;
    script<int> source;
    auto stream = source.stream();
    auto result = std::make_shared<outcome<std::optional<int>>>();
    bool emitted = false;
    // On the strand before next() is: the call below, from outside, is queued behind it.
    asio::post(strand, [&] {
        emitted = true;
        stop.emit(asio::cancellation_type::terminal);
    });
    auto handler = asio::bind_cancellation_slot(
        stop.slot(), [result](std::exception_ptr error, std::optional<int> item) {
            result->done = true;
            result->error = std::move(error);
            result->value = item;
        });
    stream.next(asio::bind_executor(strand, std::move(handler)));
    settle(io);
    CHECK(emitted);
    CHECK(result->aborted());
    source.give(1);
    auto again = start_next(io, stream);
    settle(io);
    CHECK(again->get() == 1);
}
