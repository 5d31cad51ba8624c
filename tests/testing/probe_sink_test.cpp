// A sink with which a test takes one item at a time.

#include <weir/core/stage.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>

#include <doctest/doctest.h>
#include <support/failures.hpp>
#include <support/items.hpp>

#include <optional>
#include <ranges>
#include <string>
#include <utility>

using namespace weir::testing;

namespace {

int twice(int x) {
    return 2 * x;
}

// The text of the expectation that fails in `f`, without its place; nothing if none fails.
template <class F>
std::string complaint(F f) {
    try {
        f();
    } catch (const expectation_error& e) {
        const std::string text = e.what();
        CHECK(text.find("probe_sink_test.cpp:") != std::string::npos);
        return text.substr(text.find(": ") + 2);
    }
    return {};
}

}  // namespace

TEST_CASE("a probe takes one item at a time, and sees the end") {
    seeded_context ctx(1);
    script<int> source;
    probe_sink out(ctx, source.stream() | weir::map(twice));
    CHECK(source.polls() == 0);
    out.expect_nothing();
    source.give({1, 2, 3});
    out.expect(2);
    CHECK(source.left() == 2);
    CHECK(out.take() == 4);
    out.expect(6);
    out.expect_nothing();
    CHECK_FALSE(out.done());
    source.end();
    out.expect_end();
    CHECK(out.done());
    out.expect_end();
}

TEST_CASE("a probe demands no more than it is asked for") {
    asio::io_context io;
    script<int> source;
    source.give({1, 2, 3, 4, 5});
    probe_sink out(io, source.stream());
    settle(io);
    CHECK(source.left() == 5);
    out.demand(2);
    settle(io);
    CHECK(source.left() == 3);
    out.expect(1);
    out.expect(2);
    CHECK(source.left() == 3);
}

TEST_CASE("a probe expects a failure, by its type") {
    asio::io_context io;
    auto fail = [](int) -> int { throw callable_failure(); };
    probe_sink out(io, weir::from_range(std::views::iota(0)) | weir::map(fail, "parse"));
    const auto error = out.expect_error<weir::stage_error>();
    CHECK(error.stage() == "map 'parse'");
}

TEST_CASE("an expectation that fails says what was expected and what came") {
    seeded_context ctx(1);
    script<int> source;
    probe_sink out(ctx, source.stream());
    CHECK(complaint([&] { out.expect(1); }) ==
          "expected 1, but nothing has come yet: the stream waits");
    CHECK(complaint([&] { out.take(); }) ==
          "expected an item, but nothing has come yet: the stream waits");
    CHECK(complaint([&] { out.expect_end(); }) ==
          "expected the end, but nothing has come yet: the stream waits");
    source.give({1, 2, 3, 4});
    CHECK(complaint([&] { out.expect(7); }) == "expected 7, but there came 1");
    CHECK(complaint([&] { out.expect_nothing(); }) == "expected nothing yet, but there came 2");
    CHECK(complaint([&] { out.expect_end(); }) == "expected the end, but there came 3");
    CHECK(complaint([&] { out.expect_error<source_error>(); }) ==
          "expected a failure, but there came 4");
    source.fail();
    CHECK(complaint([&] { out.expect(5); }) ==
          "expected 5, but the pipeline has failed: the source has failed");
    CHECK(complaint([&] { out.expect_end(); }) ==
          "expected the end, but the pipeline has failed: the source has failed");
    CHECK(complaint([&] { out.expect_error<std::out_of_range>(); }) ==
          "expected a failure, but the pipeline has failed: the source has failed");
    CHECK(complaint([&] { out.expect_error<source_error>(); }).empty());
}

TEST_CASE("an end that nobody expected is named too") {
    asio::io_context io;
    script<int> source;
    source.end();
    probe_sink out(io, source.stream());
    CHECK(complaint([&] { out.expect(1); }) == "expected 1, but the stream has ended");
    CHECK(complaint([&] { out.expect_nothing(); }) ==
          "expected nothing yet, but the stream has ended");
    CHECK(complaint([&] { out.expect_error<source_error>(); }) ==
          "expected a failure, but the stream has ended");
}

TEST_CASE("a probe takes items that cannot be copied nor shown") {
    asio::io_context io;
    script<move_only> source;
    source.give(move_only(1)).give(move_only(2));
    probe_sink out(io, source.stream());
    CHECK(out.take().value() == 1);
    CHECK(complaint([&] { out.expect(move_only(3)); }) ==
          "expected an item, but there came an item");
}

TEST_CASE("a cancelled probe, and one that is destroyed, let go of the stream") {
    seeded_context ctx(1);
    for (const bool cancel : {true, false}) {
        script<int> source;
        std::optional<probe_sink<int>> out;
        out.emplace(ctx, source.stream() | weir::buffer(2));
        source.give({1, 2, 3, 4});
        out->expect(1);
        if (cancel) {
            out->cancel();
            CHECK(out->done());
        }
        out.reset();
        ctx.settle();
        CHECK(source.held() == 0);
    }
}

TEST_CASE("a context may go before anything of a probe's pipeline has run to its end") {
    script<int> source;
    {
        seeded_context ctx(1);
        probe_sink out(ctx, source.stream() | weir::buffer(2));
        source.give({1, 2, 3, 4});
        out.expect(1);
    }
    CHECK(source.held() == 0);
}
