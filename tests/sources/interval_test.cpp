// interval, on a clock that is moved by hand.

#include <weir/operators/take.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/interval.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using ticks = std::vector<std::uint64_t>;

struct fixture {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);

    void advance(weir::clock::duration by) {
        time->advance(by);
        settle(io);
    }
};

struct running : fixture {
    ticks seen;
    std::shared_ptr<outcome<void>> result;

    running() {
        auto collect = [this](std::uint64_t n) { seen.push_back(n); };
        result = start(io, weir::interval(10ms) | weir::take(4) | weir::for_each(collect));
        settle(io);
    }
};

}  // namespace

TEST_CASE("the first tick comes one period after the first poll, and not before") {
    running r;
    r.advance(10ms - 1ns);
    CHECK(r.seen.empty());
    r.advance(1ns);
    CHECK(r.seen == ticks{0});
    r.advance(10ms - 1ns);
    CHECK(r.seen == ticks{0});
    r.advance(1ns);
    CHECK(r.seen == ticks{0, 1});
}

TEST_CASE("ticks keep to the grid of the start") {
    running r;
    r.advance(17ms);
    CHECK(r.seen == ticks{0});
    r.advance(3ms - 1ns);
    CHECK(r.seen == ticks{0});
    r.advance(1ns);
    CHECK(r.seen == ticks{0, 1});
}

TEST_CASE("ticks that were missed are skipped, and the number tells") {
    running r;
    r.advance(35ms);
    CHECK(r.seen == ticks{2});
    r.advance(5ms);
    CHECK(r.seen == ticks{2, 3});
    r.advance(10ms);
    r.advance(10ms);
    CHECK(r.result->done);
    CHECK(r.seen == ticks{2, 3, 4, 5});
    CHECK(r.time->sleepers() == 0);
}

TEST_CASE("an interval that is pulled counts while nobody waits") {
    fixture f;
    auto stream = weir::interval(10ms);
    auto first = start_next(f.io, stream);
    settle(f.io);
    f.advance(10ms);
    CHECK(first->get() == 0u);
    f.advance(30ms);
    auto late = start_next(f.io, stream);
    settle(f.io);
    CHECK(late->get() == 3u);
}

TEST_CASE("a cancelled interval takes its alarm back") {
    fixture f;
    asio::cancellation_signal stop;
    auto result = start(f.io, weir::interval(10ms) | weir::count(), stop.slot());
    settle(f.io);
    CHECK(f.time->sleepers() == 1);
    stop.emit(asio::cancellation_type::terminal);
    settle(f.io);
    CHECK(result->aborted());
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("a period must be positive") {
    CHECK_THROWS_AS(weir::interval(0ms), std::invalid_argument);
    CHECK_THROWS_AS(weir::interval(-1ms), std::invalid_argument);
}

TEST_CASE("without a clock of one's own, an interval follows the steady clock") {
    asio::io_context io;
    auto result = start(io, weir::interval(1us) | weir::take(2) | weir::count());
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK(result->get() == 2);
}
