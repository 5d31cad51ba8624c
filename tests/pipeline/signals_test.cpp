// Ending a pipeline by signals.

#include <weir/operators/batch.hpp>

#include <doctest/doctest.h>

#include <csignal>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

// What a signal would do now.
bool is_default(int signal) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    return now.sa_handler == SIG_DFL;
}

}  // namespace

TEST_CASE("a signal drains the pipeline") {
    for (const int signal : {SIGINT, SIGTERM}) {
        CAPTURE(signal);
        pipeline_fixture f;
        script<int> numbers;
        std::vector<std::vector<int>> seen;
        f.p.drain_on_signals(5s);
        f.p.add("all", numbers.give({1, 2}).stream() | f.p.source("numbers") | weir::batch(3) |
                           collect(seen));
        auto running = f.run();
        CHECK_FALSE(running->done);
        std::raise(signal);
        settle(f.io);
        running->get();
        CHECK(seen == std::vector<std::vector<int>>{{1, 2}});
        CHECK(is_default(signal));
    }
}

TEST_CASE("a second signal cancels the pipeline at once") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.stream() | collect(seen));  // a drain does not end it
    auto running = f.run();
    f.p.drain_on_signals(5s);
    settle(f.io);
    std::raise(SIGINT);
    settle(f.io);
    CHECK_FALSE(running->done);
    std::raise(SIGTERM);
    settle(f.io);
    CHECK(running->aborted());
}

TEST_CASE("the deadline of a drain by signal holds") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.stream() | collect(seen));
    f.p.drain_on_signals(5s);
    auto running = f.run();
    std::raise(SIGINT);
    settle(f.io);
    f.advance(5s - 1ns);
    CHECK_FALSE(running->done);
    f.advance(1ns);
    CHECK(failure_of(*running) ==
          "pipeline 'load': cut off at the deadline of its drain: segment 'all'");
}

TEST_CASE("a signal that comes before run is not lost") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.stream() | f.p.source("numbers") | collect(seen));
    f.p.drain_on_signals(5s);
    std::raise(SIGINT);
    f.run()->get();
}

TEST_CASE("signals keep no context busy and stay caught no longer than the pipeline is there") {
    asio::io_context io;
    script<int> numbers;
    std::vector<int> seen;
    {
        weir::pipeline p("load", io.get_executor());
        p.add("all", numbers.end().stream() | collect(seen));
        p.drain_on_signals(5s);
        CHECK_FALSE(is_default(SIGINT));
        SUBCASE("run to its end") {
            auto result = std::make_shared<outcome<void>>();
            p.run(record(io, result));
            io.run();  // returns
            CHECK(result->done);
            CHECK(is_default(SIGINT));
        }
        SUBCASE("never run") {
            io.run();
        }
    }
    io.restart();
    io.run();
    CHECK(is_default(SIGINT));
    CHECK(is_default(SIGTERM));
}
