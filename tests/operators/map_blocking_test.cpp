// map_blocking: each item through a function that may block.

#include <weir/operators/map.hpp>
#include <weir/operators/map_blocking.hpp>
#include <weir/runtime/blocking.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/items.hpp>

#include <atomic>
#include <cstddef>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;
using in = weir::any_stream<move_only>;

namespace {

std::string text(move_only x) {
    return std::to_string(x.value());
}

/// On the context of the exam itself, so that everything happens on one thread.
void sit(std::size_t max_calls) {
    examine({.apply =
                 [max_calls](in s, probe call) {
                     auto& context = asio::query(call.executor, asio::execution::context);
                     weir::set_blocking_executor(context, call.executor);
                     auto f = [call](move_only x) {
                         call();
                         return x;
                     };
                     return std::move(s) | weir::map_blocking(max_calls, f, "exam") |
                            weir::map(text);
                 },
             .input = {1, 2, 3, 4},
             .expected = {"1", "2", "3", "4"},
             .before_failure = {},
             .filtered = {},
             .stage = "map_blocking 'exam'"});
}

}  // namespace

TEST_CASE("map_blocking passes on the result of each call, in order, one call at a time") {
    sit(1);
}

TEST_CASE("map_blocking passes on the results in the order of the items, with several calls") {
    sit(3);
}

TEST_CASE("a blocking function does not run on the threads of the pipeline") {
    weir::runtime rt(1);
    auto here = [] { return std::this_thread::get_id(); };
    using pair = std::pair<std::thread::id, std::thread::id>;
    auto look = [here](int) { return here(); };
    auto compare = [here](std::thread::id there) { return pair(there, here()); };
    const auto threads = rt.run(weir::from_range(std::vector{1, 2}) | weir::map_blocking(look) |
                                weir::map(compare) | weir::to<std::vector>());
    REQUIRE(threads.size() == 2);
    for (const auto& [blocking, segment] : threads) CHECK(blocking != segment);
}

TEST_CASE("as many blocking calls run at once as were asked for, and not more") {
    weir::runtime rt(1);
    const auto two = std::make_shared<std::latch>(2);
    const auto running = std::make_shared<std::atomic<int>>(0);
    const auto too_many = std::make_shared<std::atomic<bool>>(false);
    auto meet = [two, running, too_many](int x) {
        if (++*running > 2) *too_many = true;
        if (x < 2) two->arrive_and_wait();  // the first two calls wait for each other
        --*running;
        return x;
    };
    const auto all = rt.run(weir::from_range(std::vector{0, 1, 2, 3, 4}) |
                            weir::map_blocking(2, meet) | weir::to<std::vector>());
    CHECK(all == std::vector{0, 1, 2, 3, 4});
    CHECK(!*too_many);
}

namespace {

/// Waits until it is stopped.
struct stoppable {
    struct shared {
        std::latch began{1};
        std::atomic<bool> stopped{false};
    };
    int operator()(int x) {
        state->began.count_down();
        state->stopped.wait(false);
        return x;
    }
    void stop() {
        state->stopped = true;
        state->stopped.notify_all();
    }
    std::shared_ptr<shared> state = std::make_shared<shared>();
};

}  // namespace

TEST_CASE("a blocking call that can be stopped is stopped when the pipeline is cancelled") {
    asio::io_context io;
    stoppable f;
    const auto state = f.state;
    asio::cancellation_signal cancel;
    const auto over = start(io,
                            weir::from_range(std::vector{1}) | weir::map_blocking(std::move(f)) |
                                weir::for_each([](int) {}),
                            cancel.slot());
    settle(io);
    state->began.wait();
    CHECK(!over->done);
    cancel.emit(asio::cancellation_type::terminal);
    const auto busy = asio::make_work_guard(io);  // until the call has ended on its own thread
    over->on_completion = [&io] { io.stop(); };
    io.restart();
    io.run();
    CHECK(over->aborted());
}

TEST_CASE("map_blocking refuses no calls at all") {
    CHECK_THROWS_AS(weir::map_blocking(0, [](int x) { return x; }), std::invalid_argument);
}
