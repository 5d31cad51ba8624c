// The async operators under many seeds: operations that take their time, or none, or fail to hurry
// when they are cancelled.

#include <weir/operators/async_map.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

using in = weir::any_stream<move_only>;
using ints = std::vector<int>;
using timer = asio::basic_waitable_timer<virtual_time>;

// How many operations are under way, and how many there may be.
struct gauge {
    explicit gauge(std::size_t limit) : most(limit) {}
    std::size_t most;
    std::size_t now = 0;
};

asio::awaitable<move_only> think(seeded_context* ctx, std::shared_ptr<gauge> g, move_only x) {
    struct stay {
        explicit stay(gauge& here) : at(here) { expect(++at.now <= at.most, "at most n"); }
        stay(const stay&) = delete;
        stay& operator=(const stay&) = delete;
        ~stay() { --at.now; }
        gauge& at;
    };
    const stay counted(*g);
    const auto how = ctx->random().below(4);
    if (how == 0) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (how == 1) co_await asio::post(asio::use_awaitable);
    if (how != 2) {
        timer t(*ctx, std::chrono::milliseconds(ctx->random().below(4)));
        co_await t.async_wait(asio::use_awaitable);
    }
    x.add(1);
    co_return x;
}

auto thinking(seeded_context& ctx, std::size_t n) {
    return [ctx = &ctx, g = std::make_shared<gauge>(n)](move_only x) {
        return think(ctx, g, std::move(x));
    };
}

forecast one_more(const ints& xs) {
    forecast out{xs, false};
    for (int& x : out.items) ++x;
    return out;
}

trial in_order(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(5);
    return {.name = "async_map",
            .apply =
                [n](in s, seeded_context& ctx) {
                    return std::move(s) | weir::async_map(n, thinking(ctx, n));
                },
            .model = one_more,
            .drops_on_failure = true};
}

// A model has but one order: one operation at a time keeps it.
trial unordered(seeded_random&) {
    return {.name = "async_map_unordered",
            .apply =
                [](in s, seeded_context& ctx) {
                    return std::move(s) | weir::async_map_unordered(1, thinking(ctx, 1));
                },
            .model = one_more,
            .drops_on_failure = true};
}

}  // namespace

TEST_CASE("async_map keeps its promises under 1,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(1'000, in_order));
    CHECK_NOTHROW(try_under_seeds(300, unordered));
}
