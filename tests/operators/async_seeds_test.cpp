// The async operators under many seeds: operations that take their time, or none, or fail to hurry
// when they are cancelled.

#include <weir/core/asio.hpp>
#include <weir/operators/async_map.hpp>
#include <weir/operators/async_map_keyed.hpp>
#include <weir/operators/map.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/for_each_concurrent.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/trial.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ranges>
#include <stdexcept>
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

// As one key is one line, items keep their order. Of several keys each has its own: checked by f.
trial keyed(seeded_random& dice) {
    const std::size_t n = 1 + dice.below(5);
    return {.name = "async_map_keyed",
            .apply =
                [n](in s, seeded_context& ctx) {
                    auto one = [](const move_only&) { return 1; };
                    return std::move(s) | weir::async_map_keyed(n, one, thinking(ctx, 1));
                },
            .model = one_more,
            .drops_on_failure = true};
}

// Numbers by their last digit, all in order for each digit, with several digits under way.
void run_by_digit(seeded_context& ctx) {
    const std::size_t n = 1 + ctx.random().below(6);
    const int count = static_cast<int>(ctx.random().below(40));
    auto f = thinking(ctx, std::min<std::size_t>(n, 3));
    auto numbers = weir::from_range(std::views::iota(0, count));
    auto last_digit = [](const move_only& x) { return x.value() % 3; };
    std::vector<ints> seen(3);
    auto note = [&seen](const move_only& x) {
        const int before = x.value() - 1;
        seen[static_cast<std::size_t>(before % 3)].push_back(before);
    };
    auto items = std::move(numbers) | weir::map([](int x) { return move_only(x); });
    auto done = start(
        ctx, std::move(items) | weir::async_map_keyed(n, last_digit, f) | weir::for_each(note));
    ctx.run();
    done->get();
    int all = 0;
    for (const ints& some : seen) {
        expect(std::ranges::is_sorted(some), "in order for each key");
        all += static_cast<int>(some.size());
    }
    expect(all == count, "all of them");
}

// Every item is worked on once, n at most at a time; cancelled or failing, nothing is left behind.
void run_for_each(seeded_context& ctx) {
    seeded_random& dice = ctx.random();
    const std::size_t n = 1 + dice.below(5);
    const int count = static_cast<int>(dice.below(20));
    const int fails_at = dice.one_in(3) ? static_cast<int>(dice.below(20)) : -1;
    const bool cancelled = dice.one_in(3);
    ints seen;
    script<move_only> source;
    for (int i = 0; i < count; ++i) source.give(move_only(i));
    source.end();
    auto work = thinking(ctx, n);
    auto f = [&seen, work, fails_at](move_only x) -> asio::awaitable<void> {
        return [](auto* to, auto todo, int bad, move_only y) -> asio::awaitable<void> {
            if (y.value() == bad) throw std::runtime_error("bad");
            const auto z = co_await todo(std::move(y));
            to->push_back(z.value() - 1);
        }(&seen, work, fails_at, std::move(x));
    };
    asio::cancellation_signal stop;
    auto stream = suspend_at_random(strict(source.stream()), ctx);
    auto done =
        start(ctx, std::move(stream) | weir::for_each_concurrent(n, f, "seed"), stop.slot());
    if (cancelled) {
        auto steps = dice.below(60);
        ctx.run_until([&] { return done->done || steps-- == 0; });
        if (!done->done) stop.emit(asio::cancellation_type::terminal);
    }
    ctx.run();
    expect(source.held() == 0 && ctx.time().sleepers() == 0, "nothing is left");
    std::ranges::sort(seen);
    expect(std::ranges::adjacent_find(seen) == seen.end(), "none twice");
    if (done->error) {
        expect(done->aborted() ? cancelled : fails_at >= 0 && fails_at < count, "the cause");
    } else {
        expect(seen.size() == static_cast<std::size_t>(count), "all of them");
    }
}

}  // namespace

TEST_CASE("async_map keeps its promises under 1,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(1'000, in_order));
    CHECK_NOTHROW(try_under_seeds(300, unordered));
}

TEST_CASE("async_map_keyed keeps its promises under 1,000 seeds") {
    CHECK_NOTHROW(try_under_seeds(300, keyed));
    CHECK_NOTHROW(for_seeds(1'000, run_by_digit));
}

TEST_CASE("for_each_concurrent keeps its promises under 1,000 seeds") {
    CHECK_NOTHROW(for_seeds(1'000, run_for_each));
}
