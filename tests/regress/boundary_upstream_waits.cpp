// The task before a boundary waited for its source and was never told that its receiver had gone:
// the pipeline did not complete.

#include <weir/channel/channel.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/into.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <utility>

using namespace weir::testing;

TEST_CASE("a cancelled pipeline completes while the task before its buffer waits") {
    asio::io_context io;
    script<int> source;
    asio::cancellation_signal stop;
    auto pipeline = source.stream() | weir::buffer(4) | weir::count();
    auto result = start(io, std::move(pipeline), stop.slot());
    source.give({1, 2});
    settle(io);
    CHECK_FALSE(result->done);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->done);
    CHECK(source.held() == 0);
}

TEST_CASE("a consumer that has enough completes while the task before its buffer waits") {
    asio::io_context io;
    script<int> source;
    auto result = start(io, source.stream() | weir::buffer(4) | weir::take(2) | weir::count());
    source.give({1, 2});
    settle(io);
    CHECK(result->get() == 2);
    CHECK(source.held() == 0);
}

TEST_CASE("into a channel completes when the receiver goes away while the source waits") {
    asio::io_context io;
    script<int> source;
    auto ends = weir::channel<int>(4);
    std::optional receiver(std::move(ends.receiver));
    auto result = start(io, source.stream() | weir::into(std::move(ends.sender)));
    settle(io);
    CHECK_FALSE(result->done);
    receiver.reset();
    settle(io);
    CHECK_NOTHROW(result->get());
    CHECK(source.held() == 0);
}
