// A segment that awaited the drain of its own pipeline hung past every deadline; handlers without
// an executor were called by Asio's system executor, on another thread, once the pipeline was over;
// and `drain_on_signals` called again forgot a signal that had come.

#include <weir/operators/map.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> drain_it(weir::pipeline& p) {
    co_await p.drain(5s);
}

struct fixture {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    weir::pipeline p{"service", io.get_executor()};
    script<int> numbers;

    auto run() {
        auto result = std::make_shared<outcome<void>>();
        p.run(record(io, result));
        settle(io);
        return result;
    }
    void add_source() {
        p.add("read", numbers.stream() | p.source("numbers") | weir::for_each([](int) {}));
    }
    /// A segment that a drain does not end.
    void add_stubborn() {
        p.add("stay", numbers.stream() | weir::for_each([](int) {}));
    }
};

std::string text_of(outcome<void>& o) {
    try {
        o.get();
    } catch (const std::exception& e) {
        return e.what();
    }
    return "no failure";
}

}  // namespace

TEST_CASE("a segment that awaits its own pipeline's drain is cut off at the deadline") {
    fixture f;
    f.add_source();
    f.p.add("boss", drain_it(f.p));
    auto running = f.run();
    CHECK_FALSE(running->done);
    f.time->advance(5s);
    settle(f.io);
    REQUIRE(running->done);
    CHECK(text_of(*running).find("segment 'boss'") != std::string::npos);
}

TEST_CASE("a segment that awaits its own pipeline's drain is cancelled with it") {
    fixture f;
    f.add_source();
    f.p.add("boss", drain_it(f.p));
    auto running = f.run();
    f.p.cancel();
    settle(f.io);
    CHECK(running->aborted());
}

TEST_CASE("one who waits for a drain may give up, and the drain goes on for the others") {
    fixture f;
    f.add_stubborn();
    auto running = f.run();
    auto mine = std::make_shared<outcome<weir::drain_report>>();
    auto other = std::make_shared<outcome<weir::drain_report>>();
    asio::cancellation_signal cancel;
    f.p.drain(5s, record(f.io, mine, cancel.slot()));
    f.p.drain(9s, record(f.io, other));
    settle(f.io);
    cancel.emit(asio::cancellation_type::terminal);
    settle(f.io);
    CHECK(mine->aborted());
    CHECK_FALSE(other->done);
    f.time->advance(5s);
    settle(f.io);
    CHECK(other->get().outcome == weir::drain_outcome::cut_off);
    CHECK(running->done);
}

TEST_CASE("handlers are called on the pipeline's executor, also when it is over") {
    fixture f;
    f.add_source();
    int here = 0;
    const auto count = [&here, me = std::this_thread::get_id()] {
        CHECK(std::this_thread::get_id() == me);
        ++here;
    };
    f.p.run([&](std::exception_ptr) {
        count();
        f.p.drain(0s, [&](std::exception_ptr, const weir::drain_report&) { count(); });
    });
    settle(f.io);
    f.p.drain(1s, [&](std::exception_ptr, const weir::drain_report&) { count(); });
    settle(f.io);
    CHECK(here == 3);

    f.p.drain(1s, [&](std::exception_ptr, const weir::drain_report& report) {
        CHECK(report.drained());
        count();
    });
    f.p.run([&](std::exception_ptr error) {
        CHECK(error);
        count();
    });
    CHECK(here == 3);  // not at once, and nowhere else
    settle(f.io);
    CHECK(here == 5);
}

TEST_CASE("a pipeline that is over keeps no context busy, and may outlive it") {
    auto io = std::make_unique<asio::io_context>();
    weir::pipeline p("short", asio::make_strand(*io));
    p.add("all", weir::from_range(std::vector{1}) | weir::for_each([](int) {}));
    bool over = false;
    p.run([&over](std::exception_ptr error) { over = !error; });
    io->run();
    CHECK(over);
    io.reset();
    p.cancel();
}

TEST_CASE("drain_on_signals called again forgets no signal") {
    fixture f;
    f.add_stubborn();
    f.p.drain_on_signals(60s);
    std::raise(SIGINT);  // before it runs, and before the second call
    f.p.drain_on_signals(50s);
    auto running = f.run();
    CHECK_FALSE(running->done);
    f.p.drain_on_signals(40s);
    settle(f.io);
    std::raise(SIGTERM);  // the second one
    settle(f.io);
    REQUIRE(running->done);
    CHECK(running->aborted());
}

TEST_CASE("drain_on_signals called again says a new deadline") {
    fixture f;
    f.add_stubborn();
    f.p.drain_on_signals(60s);
    auto running = f.run();
    f.p.drain_on_signals(5s);
    settle(f.io);
    std::raise(SIGINT);
    settle(f.io);
    f.p.drain_on_signals(2s);  // a signal has come: the earlier deadline holds
    settle(f.io);
    f.time->advance(2s);
    settle(f.io);
    CHECK(running->done);
}
