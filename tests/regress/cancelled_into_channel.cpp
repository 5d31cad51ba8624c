// A pipeline cancelled on its way into a channel showed the receiver a clean end: what was cut
// short looked complete.

#include <weir/sinks/into.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace weir::testing;

TEST_CASE("a pipeline that is cancelled on its way into a channel hands the receiver that error") {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    auto [to, from] = weir::channel<int>(4);
    auto sending = start(io, source.stream() | weir::into(std::move(to)), stop.slot());
    auto receiving = start(io, std::move(from) | weir::to<std::vector>());
    source.give({1, 2});
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(sending->aborted());
    CHECK(receiving->aborted());
}

TEST_CASE("a pipeline that ends by itself closes the channel it went into without an error") {
    asio::io_context io;
    script<int> source;
    auto [to, from] = weir::channel<int>(4);
    auto sending = start(io, source.stream() | weir::into(std::move(to)));
    auto receiving = start(io, std::move(from) | weir::to<std::vector>());
    source.give({1, 2}).end();
    settle(io);
    CHECK_NOTHROW(sending->get());
    CHECK(receiving->get() == std::vector{1, 2});
}
