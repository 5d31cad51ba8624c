// What is done about failures and delays, under many seeds.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/recover.hpp>
#include <weir/operators/retry.hpp>
#include <weir/operators/timeout.hpp>
#include <weir/sources/retry_stream.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using in = weir::any_stream<move_only>;
using ints = std::vector<int>;
using timer = asio::basic_waitable_timer<virtual_time>;

// Takes a time, which may be too long, and may fail after it.
asio::awaitable<std::shared_ptr<move_only>> ask(seeded_context* ctx, std::shared_ptr<move_only> x) {
    timer t(*ctx, std::chrono::milliseconds(ctx->random().below(5)));
    co_await t.async_wait(asio::use_awaitable);
    if (ctx->random().one_in(3)) throw std::runtime_error("not now");
    co_return x;
}

trial retried_step(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(4);
    return {
        .name = "async_map of retry of timeout",
        .apply =
            [n](in s, seeded_context& ctx) {
                auto share = [](move_only x) { return std::make_shared<move_only>(std::move(x)); };
                auto unwrap = [](std::shared_ptr<move_only> x) { return std::move(*x); };
                auto f = [c = &ctx](std::shared_ptr<move_only> x) { return ask(c, x); };
                weir::retry_policy policy{.waits = {.first_wait = 1ms, .max_wait = 4ms, .seed = 1},
                                          .max_attempts = 99,
                                          .worth = {}};
                auto again = weir::retry(policy, weir::timeout(3ms, f));
                return std::move(s) | weir::map(share) | weir::async_map(n, std::move(again)) |
                       weir::map(unwrap);
            },
        .model = same,
        .drops_on_failure = true};
}

trial timeout_step(seeded_random&) {
    return {.name = "timeout",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) | weir::timeout({.item = 1h, .first = 2h, .whole = 3h});
                },
            .model = same};
}

trial recover_step(seeded_random&) {
    return {.name = "recover",
            .apply =
                [](in s, seeded_context&) {
                    return std::move(s) | weir::recover([](const std::exception_ptr&) {
                               return std::vector<move_only>();
                           });
                },
            .model = same,
            .drops_on_failure = true};
}

trial retry_stream_step(seeded_random&) {
    return {.name = "retry_stream",
            .apply =
                [](in s, seeded_context&) {
                    auto once = [s = std::make_shared<in>(std::move(s))] { return std::move(*s); };
                    return weir::retry_stream({.waits = {}, .max_attempts = 1, .worth = {}}, once);
                },
            .model = same};
}

}  // namespace

TEST_CASE("retry, timeout, recover and retry_stream keep their promises under 1,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(1'000, retried_step));
    CHECK_NOTHROW(try_under_seeds(300, timeout_step));
    CHECK_NOTHROW(try_under_seeds(300, recover_step));
    CHECK_NOTHROW(try_under_seeds(300, retry_stream_step));
}
