// finally: called once, whatever became of the stream.

#include <weir/core/stage.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/finally.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/discard.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;
using weir::stream_end;
using in = weir::any_stream<int>;
using ends = std::vector<stream_end>;

namespace {

/// What a stream's `finally` was told, with the source that still lives at that time.
struct witness {
    script<int> source;
    ends told = {};
    int held = -1;

    in stream() {
        source.give({1, 2});
        return source.stream() | weir::finally([this](stream_end how) {
                   told.push_back(how);
                   held = source.held();
               });
    }
};

/// Throws for an item of 2.
int no_two(int x) {
    if (x == 2) throw std::domain_error("two");
    return x;
}

}  // namespace

TEST_CASE("finally passes on what comes") {
    examine({.apply =
                 [](weir::any_stream<move_only> s, probe call) {
                     auto text = [](move_only x) { return std::to_string(x.value()); };
                     auto over = [call](stream_end how) {
                         if (how == stream_end::finished) call();
                     };
                     return std::move(s) | weir::finally(over, "exam") | weir::map(text);
                 },
             .input = {1, 2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {},
             .filtered = {},
             .stage = "finally 'exam'"});
}

TEST_CASE("finally is told of the end, once, after upstream was let go of") {
    witness w;
    in s = w.stream();
    w.source.end();
    run(std::move(s) | weir::discard());
    CHECK(w.told == ends{stream_end::finished});
    CHECK(w.held == 0);
}

TEST_CASE("finally is told of a failure, and why") {
    witness w;
    std::exception_ptr cause;
    in s = w.stream() |
           weir::finally([&cause](stream_end, std::exception_ptr why) { cause = std::move(why); });
    w.source.fail();
    CHECK_THROWS_AS(run(std::move(s) | weir::discard()), source_error);
    CHECK(w.told == ends{stream_end::failed});
    CHECK(w.held == 0);
    REQUIRE(cause);
    CHECK_THROWS_AS(std::rethrow_exception(cause), source_error);
}

TEST_CASE("a stream is dropped when its consumer wants no more, or fails") {
    witness enough;
    run(enough.stream() | weir::take(1) | weir::discard());
    CHECK(enough.told == ends{stream_end::dropped});
    CHECK(enough.held == 0);
    witness failing;
    auto all = failing.stream() | weir::map(no_two) | weir::discard();
    CHECK_THROWS_AS(run(std::move(all)), weir::stage_error);
    CHECK(failing.told == ends{stream_end::dropped});
    witness across;  // also where the consumer is another segment
    auto apart = across.stream() | weir::buffer(4) | weir::map(no_two) | weir::discard();
    CHECK_THROWS_AS(run(std::move(apart)), weir::stage_error);
    CHECK(across.told == ends{stream_end::dropped});
}

TEST_CASE("a stream is dropped when it is cancelled, and when its context goes") {
    for (const bool cancelled : {false, true}) {
        witness w;
        auto io = std::make_unique<asio::io_context>();
        asio::cancellation_signal stop;
        auto result = start(*io, w.stream() | weir::discard(), stop.slot());
        settle(*io);
        CHECK(w.told.empty());
        if (cancelled) {
            stop.emit(asio::cancellation_type::terminal);
            settle(*io);
        } else {
            io.reset();
        }
        CHECK(w.told == ends{stream_end::dropped});
        CHECK(w.held == 0);
    }
}

TEST_CASE("a stream that is never polled is dropped, wherever it was moved") {
    witness w;
    {
        in s = w.stream();
        in moved = std::move(s);
        CHECK(w.told.empty());
    }
    CHECK(w.told == ends{stream_end::dropped});
}

TEST_CASE("what finally throws hides no other failure, and none is lost at the end") {
    auto bad = [](stream_end) { throw std::logic_error("bad"); };
    script<int> fails;
    fails.fail();
    CHECK_THROWS_AS(run(fails.stream() | weir::finally(bad) | weir::discard()), source_error);
    script<int> ended;
    ended.end();
    CHECK_THROWS_WITH_AS(run(ended.stream() | weir::finally(bad, "it") | weir::discard()),
                         "finally 'it': bad", weir::stage_error);
    script<int> dropped;
    CHECK_NOTHROW(static_cast<void>(dropped.stream() | weir::finally(bad)));
}
