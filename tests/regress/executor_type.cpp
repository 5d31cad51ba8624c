// Asio 1.22 casts what an any_io_executor holds to whatever type it is asked for, unchecked: every
// executor passed for a strand, so that a coroutine on a bare multi-threaded context pulled without
// one, and inner executors were read out of objects of other types.

#include <weir/core/asio.hpp>
#include <weir/runtime/detail/segment.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

TEST_CASE("only a strand is taken for a strand") {
    asio::io_context io;
    asio::thread_pool pool(1);
    const asio::any_io_executor any = io.get_executor();
    CHECK_FALSE(weir::detail::is_strand(any));
    CHECK_FALSE(weir::detail::is_strand(pool.get_executor()));
    CHECK_FALSE(weir::detail::is_strand(asio::system_executor()));
    CHECK_FALSE(weir::detail::is_strand(asio::any_io_executor()));
    CHECK(weir::detail::is_strand(asio::make_strand(io)));
    CHECK(weir::detail::is_strand(asio::make_strand(pool)));
    CHECK(weir::detail::is_strand(asio::make_strand(any)));
}

TEST_CASE("a segment runs on the context of the executor it is made for, strand or not") {
    asio::io_context io;
    const asio::any_io_executor any = io.get_executor();
    for (const asio::any_io_executor& from : {any, asio::any_io_executor(asio::make_strand(io)),
                                              weir::detail::make_segment_executor(any)}) {
        const asio::any_io_executor made = weir::detail::make_segment_executor(from);
        CHECK(weir::detail::is_strand(made));
        CHECK(&asio::query(made, asio::execution::context) == &io);
        bool ran = false;
        asio::post(made, [&ran] { ran = true; });
        io.restart();
        io.poll();
        CHECK(ran);
    }
}
