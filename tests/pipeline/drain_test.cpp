// Ending a pipeline in good order.

#include <weir/core/asio.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/map.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <ranges>

#include "support.hpp"

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using batches = std::vector<std::vector<int>>;

// Never done with its first item.
asio::awaitable<void> stuck(int) {
    asio::steady_timer never(co_await asio::this_coro::executor);
    never.expires_at(asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

}  // namespace

TEST_CASE("a drain ends a source that waits, and what it had given reaches the sink") {
    pipeline_fixture f;
    script<int> numbers;
    batches seen;
    auto [tx, rx] = weir::channel<std::vector<int>>(4);
    f.p.add("read", numbers.stream() | f.p.source("numbers") | weir::buffer(2) | weir::batch(3) |
                        weir::into(std::move(tx)));
    f.p.add("write", std::move(rx) | weir::buffer(1) | collect(seen));
    auto running = f.run();
    numbers.give({1, 2, 3, 4});
    settle(f.io);
    CHECK(seen == batches{{1, 2, 3}});
    auto drained = f.drain(5s);
    CHECK(seen == batches{{1, 2, 3}, {4}});
    CHECK(drained->get().outcome == weir::drain_outcome::drained);
    running->get();
    CHECK(numbers.held() == 0);
    CHECK(f.time->sleepers() == 0);
}

TEST_CASE("a drain ends a source that is always ready") {
    pipeline_fixture f;
    long long sum = 0;
    f.p.add("all", weir::from_range(std::views::iota(0)) | f.p.source("numbers") |
                       weir::for_each([&](int x) { sum += x; }));
    auto running = std::make_shared<outcome<void>>();
    f.p.run(record(f.io, running));
    for (int i = 0; i < 5; ++i) f.io.poll_one();
    auto drained = f.drain(5s);
    CHECK(drained->get().drained());
    running->get();
}

TEST_CASE("what is not over at the deadline is cancelled and named, and not before") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    auto [tx, rx] = weir::channel<int>(2);
    f.p.add("read", numbers.stream() | f.p.source("numbers") | weir::into(std::move(tx)));
    f.p.add("write", std::move(rx) | weir::for_each(stuck));
    auto running = f.run();
    numbers.give({1, 2});
    settle(f.io);
    auto drained = f.drain(5s);
    f.advance(5s - 1ns);
    CHECK_FALSE(drained->done);
    CHECK_FALSE(running->done);
    f.advance(1ns);
    const auto report = drained->get();
    CHECK(report.outcome == weir::drain_outcome::cut_off);
    CHECK(report.cut_off == std::vector<std::string>{"write"});
    CHECK(failure_of(*running) ==
          "pipeline 'load': cut off at the deadline of its drain: segment 'write'");
}

TEST_CASE("a segment without a source of the pipeline's is cut off") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.stream() | collect(seen));
    auto running = f.run();
    auto drained = f.drain(1s);
    CHECK_FALSE(drained->done);
    f.advance(1s);
    CHECK(drained->get().cut_off == std::vector<std::string>{"all"});
}

TEST_CASE("two drains get the same report, and the earlier deadline holds") {
    for (const bool earlier_first : {true, false}) {
        CAPTURE(earlier_first);
        pipeline_fixture f;
        script<int> numbers;
        f.p.add("write", numbers.give(1).stream() | f.p.source("numbers") | weir::for_each(stuck));
        auto running = f.run();
        auto one = f.drain(earlier_first ? 1s : 5s);
        auto two = f.drain(earlier_first ? 5s : 1s);
        f.advance(1s - 1ns);
        CHECK_FALSE(one->done);
        f.advance(1ns);
        CHECK(one->get().cut_off == std::vector<std::string>{"write"});
        CHECK(two->get().cut_off == std::vector<std::string>{"write"});
        CHECK(running->done);
    }
}

TEST_CASE("a drain before run completes at once, and the run finds its sources at their end") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.give({1, 2}).stream() | f.p.source("numbers") | collect(seen));
    CHECK(f.drain(1s)->get().outcome == weir::drain_outcome::not_running);
    f.run()->get();
    CHECK(seen.empty());
    CHECK(numbers.polls() == 0);
}

TEST_CASE("a drain after the end reports what became of the run") {
    pipeline_fixture f;
    script<int> numbers;
    std::vector<int> seen;
    f.p.add("all", numbers.fail().stream() | f.p.source("numbers") | collect(seen));
    auto running = f.run();
    CHECK(running->done);
    CHECK(f.drain(1s)->get().outcome == weir::drain_outcome::failed);
}

TEST_CASE("a failure during a drain is the run's, and the drain says so") {
    pipeline_fixture f;
    script<int> numbers;
    auto fail = [](std::vector<int>) { throw callable_failure(); };
    f.p.add("all", numbers.give({1, 2}).stream() | f.p.source("numbers") | weir::batch(3) |
                       weir::for_each(fail, "store"));
    auto running = f.run();
    CHECK_FALSE(running->done);
    CHECK(f.drain(1s)->get().outcome == weir::drain_outcome::failed);
    CHECK(failure_of(*running) == "pipeline 'load': segment 'all': for_each 'store': bad item");
}

TEST_CASE("a pipeline cancelled during its drain says so") {
    pipeline_fixture f;
    script<int> numbers;
    f.p.add("all", numbers.give(1).stream() | f.p.source("numbers") | weir::for_each(stuck));
    auto running = f.run();
    auto drained = f.drain(1s);
    f.p.cancel();
    settle(f.io);
    CHECK(drained->get().outcome == weir::drain_outcome::cancelled);
    CHECK(running->aborted());
}
