// The source that does what the test says.

#include <weir/core/waker.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/probe_sink.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/seeded_context.hpp>
#include <weir/testing/strict.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

TEST_CASE("a script gives its items, ends, and lets go") {
    seeded_context ctx(1);
    script<int> source;
    source.give({1, 2}).give(3).end();
    auto result = start(ctx, source.stream() | weir::to<std::vector>());
    CHECK(source.held() == 1);
    ctx.run();
    CHECK(result->get() == std::vector{1, 2, 3});
    CHECK(source.over());
    CHECK(source.held() == 0);
    CHECK(source.polls() == 1);
    CHECK(source.polls_after_end() == 0);
}

TEST_CASE("a pause suspends the stream once, and it wakes itself") {
    seeded_context ctx(1);
    script<int> source;
    source.give(1).pause().give(2).pause().pause().end();
    auto result = start(ctx, source.stream() | weir::to<std::vector>());
    ctx.run();
    CHECK(result->get() == std::vector{1, 2});
    CHECK(source.polls() == 4);
}

TEST_CASE("items come at their times, counted from the first poll") {
    seeded_context ctx(1);
    ctx.time().advance(1h);
    script<int> source;
    source.at(10ms).give(1).at(25ms).give({2, 3}).at(20ms).give(4).at(30ms).fail();
    probe_sink out(ctx, source.stream());
    out.expect_nothing();
    ctx.time().advance(10ms - 1ns);
    out.expect_nothing();
    ctx.time().advance(1ns);
    out.expect(1);
    out.expect_nothing();
    ctx.time().advance(15ms);
    out.expect(2);
    out.expect(3);
    out.expect(4);  // its time is past
    out.expect_nothing();
    ctx.time().advance(5ms);
    out.expect_error<source_error>();
}

TEST_CASE("a script can be written while its stream waits") {
    seeded_context ctx(1);
    script<int> source;
    probe_sink out(ctx, source.stream());
    out.expect_nothing();
    source.give(1);
    out.expect(1);
    source.fail(std::make_exception_ptr(std::out_of_range("far")));
    out.expect_error<std::out_of_range>();
}

TEST_CASE("a stream that is polled after its end says so, and it is written down") {
    struct poller final : weir::wakeable {
        void wake() noexcept override {}
    };
    auto nobody = weir::counted_ptr<poller>::adopt(new poller);
    asio::io_context io;
    const asio::any_io_executor executor = io.get_executor();
    const weir::ticket scope;
    weir::poll_context cx(*nobody, executor, scope, {});
    const auto sink = [](int) { return true; };
    script<int> source;
    source.end();
    auto stream = source.stream();
    CHECK(stream.poll(cx, sink) == weir::poll_state::finished);
    CHECK_THROWS_AS(stream.poll(cx, sink), std::logic_error);
    CHECK(source.polls_after_end() == 1);
}

namespace {

// What it is told to do, rules or not.
struct rude : weir::pullable<rude> {
    using value_type = int;
    explicit rude(weir::poll_state s, int n) : says(s), items(n) {}
    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        for (int i = 0; i < items; ++i) sink(int(i));
        cx.wake();
        return says;
    }
    weir::poll_state says;
    int items;
};

}  // namespace

TEST_CASE("strict tells on a stream that breaks the protocol") {
    asio::io_context io;
    const auto fault_of = [&](weir::poll_state says, int items) -> std::string {
        auto stream = strict(rude(says, items));
        auto item = start_next(io, stream);  // says no after the first one
        settle(io);
        try {
            item->get();
        } catch (const std::logic_error& e) {
            return e.what();
        }
        return {};
    };
    CHECK(fault_of(weir::poll_state::pending, 2) == "an item after the sink said no");
    CHECK(fault_of(weir::poll_state::pending, 1) ==
          "the sink said no and the stream did not pause");
    CHECK(fault_of(weir::poll_state::finished, 1) ==
          "the sink said no and the stream did not pause");
    CHECK(fault_of(weir::poll_state::paused, 0) == "the stream paused and nobody said no");
}
