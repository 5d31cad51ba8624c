// Fairness: what never has to wait still gives way.

#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/operators/buffer.hpp>
#include <weir/operators/filter.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/interleave_pending.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <ranges>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

struct counting final : weir::wakeable {
    void wake() noexcept override { ++wakes; }
    int wakes = 0;
};

}  // namespace

TEST_CASE("a turn grants no more items than its budget, then arranges for the next turn") {
    auto poller = weir::counted_ptr<counting>::adopt(new counting);
    const asio::any_io_executor executor;
    const weir::ticket scope;
    weir::poll_budget budget;
    budget.items = 1000;
    budget.time = std::chrono::hours(1);
    weir::poll_context cx(*poller, executor, scope, budget);
    std::size_t granted = 0;
    while (const std::size_t n = cx.grant(300)) {
        CHECK(n <= 300);
        granted += n;
        CHECK(poller->wakes == 0);
    }
    CHECK(granted == 1000);
    CHECK(poller->wakes == 1);
}

TEST_CASE("a turn ends when its time is up, however few items it had") {
    auto poller = weir::counted_ptr<counting>::adopt(new counting);
    const asio::any_io_executor executor;
    const weir::ticket scope;
    weir::poll_budget budget;
    budget.time = std::chrono::nanoseconds(0);
    weir::poll_context cx(*poller, executor, scope, budget);
    std::size_t granted = 0;
    while (const std::size_t n = cx.grant(1'000'000)) granted += n;
    CHECK(granted > 0);  // it gets somewhere
    CHECK(granted < 10'000);
    CHECK(poller->wakes == 1);
}

TEST_CASE("a busy pipeline on one thread lets another finish") {
    asio::io_context io;
    asio::cancellation_signal stop;
    auto busy = start(io, weir::from_range(std::views::iota(0)) | weir::filter([](int) {
                              return false;
                          }) | weir::count(),
                      stop.slot());
    auto others = std::vector<std::shared_ptr<outcome<std::uint64_t>>>();
    for (int i = 0; i < 10; ++i) {
        auto numbers = weir::from_range(std::views::iota(0, 1000));
        others.push_back(start(io, interleave_pending(std::move(numbers)) | weir::count()));
    }
    auto all_done = [&] {
        for (const auto& other : others) {
            if (!other->done) return false;
        }
        return true;
    };
    CHECK(run_until(io, all_done));
    for (const auto& other : others) CHECK(other->get() == 1000);
    CHECK_FALSE(busy->done);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(busy->aborted());
}

TEST_CASE("a busy pipeline across a boundary on one thread lets another finish") {
    asio::io_context io;
    asio::cancellation_signal stop;
    auto busy =
        start(io, weir::from_range(std::views::iota(0)) | weir::buffer(1000) | weir::count(),
              stop.slot());
    auto other = start(io, weir::from_range(std::views::iota(0, 1000)) | weir::count());
    CHECK(run_until(io, [&] { return other->done; }));
    CHECK_FALSE(busy->done);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(busy->aborted());
}
