// Broken elsewhere: one slow consumer of a broadcast stops all the others, or loses items that it
// was promised. Here each branch does what it was declared to do, with real threads.

#include <weir/core/asio.hpp>
#include <weir/joins/fan_out.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

using weir::overflow;

namespace {

constexpr int items = 20'000;

std::vector<int> all() {
    const auto numbers = std::views::iota(0, items);
    return {numbers.begin(), numbers.end()};
}

/// Two branches, of which one is not looked at before the other has seen everything.
struct fixture {
    explicit fixture(overflow policy) {
        slow.emplace(to.branch(8, policy));
        auto quick = to.branch(8);
        quick_seen = (std::move(quick) | weir::to<std::vector>())
                         .start(threads.executor(), asio::use_future);
        fed = (weir::from_range(std::views::iota(0, items)) | weir::into(std::move(to)))
                  .start(threads.executor(), asio::use_future);
    }

    weir::runtime threads{2};
    weir::fan_out<int> to;
    std::optional<weir::unique_receiver<int>> slow;
    std::future<std::vector<int>> quick_seen;
    std::future<void> fed;
};

}  // namespace

TEST_CASE("a slow branch that waits is waited for, and misses nothing") {
    fixture f(overflow::wait);
    for (int i = 0; i < items; ++i) {
        // There are more items than all together may hold, so it cannot be done.
        if (i < items / 2)
            CHECK(f.fed.wait_for(std::chrono::seconds(0)) != std::future_status::ready);
        REQUIRE(f.slow->blocking_receive() == i);
    }
    CHECK_FALSE(f.slow->blocking_receive());
    CHECK(f.quick_seen.get() == all());
    f.fed.get();
}

TEST_CASE("a slow branch that drops holds up nobody, and counts what it has lost") {
    for (const auto policy : {overflow::drop_oldest, overflow::drop_newest}) {
        fixture f(policy);
        CHECK(f.quick_seen.get() == all());
        f.fed.get();
        CHECK(f.slow->dropped() == items - 8);
        const int first = policy == overflow::drop_oldest ? items - 8 : 0;
        for (int i = 0; i < 8; ++i) CHECK(f.slow->blocking_receive() == first + i);
        CHECK_FALSE(f.slow->blocking_receive());
    }
}

TEST_CASE("a slow branch is disconnected where that was declared, and hears of it") {
    fixture f(overflow::disconnect);
    CHECK(f.quick_seen.get() == all());
    f.fed.get();
    for (int i = 0; i < 8; ++i) CHECK(f.slow->blocking_receive() == i);
    CHECK_THROWS_AS(f.slow->blocking_receive(), weir::branch_disconnected_error);
}
