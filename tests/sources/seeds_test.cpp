// Every source, with consumers that stop in the middle of a run, suspend, take only so much, or are
// cancelled: under many seeds.

#include <weir/core/asio.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/from_async.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/sources/generate.hpp>
#include <weir/sources/generator.hpp>
#include <weir/sources/interval.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/strict.hpp>
#include <weir/testing/suspend_at_random.hpp>
#include <weir/testing/virtual_timer.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;
using ints = std::vector<int>;
using timer = asio::basic_waitable_timer<virtual_time>;

namespace {

constexpr int length = 12;

// A source of 0, 1, ... , length - 1 that holds `held` as long as it lives.
using source_maker = std::function<weir::any_stream<int>(seeded_context&, resource::hold)>;

asio::awaitable<void> pull(weir::any_stream<int>& from, std::size_t n, ints& to) {
    while (to.size() < n) {
        auto x = co_await from.next();
        if (!x) break;
        to.push_back(*x);
    }
}

// What a cancelled `next()` did not take comes to the one that goes on.
void pulled(seeded_context& ctx, weir::any_stream<int> stream, std::size_t n, ints& seen) {
    asio::cancellation_signal stop;
    auto first = spawn(ctx, pull(stream, n, seen), stop.slot());
    auto left = ctx.random().below(60);
    ctx.run_until([&] { return first->done || left-- == 0; });
    stop.emit(asio::cancellation_type::terminal);
    ctx.run_until([&] { return first->done; });
    expect(!first->error || first->aborted(), "no failure");
    auto second = spawn(ctx, pull(stream, n, seen));
    ctx.run_until([&] { return second->done; });
    second->get();
}

void driven(seeded_context& ctx, weir::any_stream<int> stream, std::size_t n, ints& seen,
            bool cancel, const resource& held) {
    asio::cancellation_signal stop;
    auto keep = [&seen](int x) { seen.push_back(x); };
    auto result = start(ctx, std::move(stream) | weir::take(n) | weir::for_each(keep), stop.slot());
    int held_at_completion = -1;
    result->on_completion = [&] { held_at_completion = held.held(); };
    auto left = cancel ? ctx.random().below(60) : 1'000'000;
    ctx.run_until([&] { return result->done || left-- == 0; });
    stop.emit(asio::cancellation_type::terminal);
    ctx.run_until([&] { return result->done; });
    expect(held_at_completion == 0, "the source is let go of before the pipeline completes");
    if (!cancel || !result->aborted()) {
        result->get();
        expect(seen.size() == std::min<std::size_t>(n, length), "all items");
    }
}

void check(const source_maker& make) {
    const auto body = [&](seeded_context& ctx) {
        seeded_random& dice = ctx.random();
        resource held;
        ints seen;
        const std::size_t n = dice.one_in(2) ? 1000 : dice.below(length + 1);
        auto stream = suspend_at_random(strict(make(ctx, held.acquire())), ctx);
        const auto way = dice.below(3);
        if (way == 0) {
            pulled(ctx, std::move(stream), n, seen);
            expect(seen.size() == std::min<std::size_t>(n, length), "all items");
        } else {
            driven(ctx, std::move(stream), n, seen, way == 1, held);
        }
        ctx.run();
        for (std::size_t i = 0; i < seen.size(); ++i) {
            expect(seen[i] == static_cast<int>(i), "in order, none twice");
        }
        expect(held.held() == 0, "the source is let go of");
        expect(ctx.time().sleepers() == 0, "no alarm is left");
    };
    CHECK_NOTHROW(for_seeds(1'000, body));
}

weir::generator<int> count(resource::hold held) {
    for (int i = 0; i < length; ++i) co_yield int(i);
    CHECK(held != nullptr);
}

asio::awaitable<int> think(int x) {
    timer t(co_await asio::this_coro::executor, std::chrono::milliseconds(x % 3));
    co_await t.async_wait(asio::use_awaitable);
    co_return x;
}

weir::generator<int> think_each(resource::hold held) {
    for (int i = 0; i < length; ++i) {
        const int x = co_await think(i);
        co_yield int(x);
    }
    CHECK(held != nullptr);
}

}  // namespace

TEST_CASE("from_range keeps its place, whatever the consumer does") {
    check([](seeded_context&, resource::hold held) {
        auto keep = [held = std::move(held)](int x) { return x; };
        return weir::from_range(std::views::iota(0, length) | std::views::transform(keep));
    });
    check([](seeded_context&, resource::hold) {
        const auto numbers = std::views::iota(0, length);
        return weir::from_range(std::list<int>(numbers.begin(), numbers.end()));
    });
}

TEST_CASE("generate keeps its place, whatever the consumer does") {
    check([](seeded_context&, resource::hold held) {
        return weir::generate([held = std::move(held), n = 0]() mutable {
            return n == length ? std::nullopt : std::optional(n++);
        });
    });
}

TEST_CASE("a generator keeps its place, whatever the consumer does") {
    check([](seeded_context&, resource::hold held) { return count(std::move(held)); });
}

TEST_CASE("a generator that awaits keeps its place, whatever the consumer does") {
    check([](seeded_context&, resource::hold held) { return think_each(std::move(held)); });
}

TEST_CASE("an operation an item loses none, whatever the consumer does") {
    check([](seeded_context& ctx, resource::hold held) {
        auto t = std::make_shared<timer>(ctx);
        auto wait = [t, held = std::move(held), n = 0](auto handler) mutable {
            auto executor = handler.get_executor();
            auto slot = handler.get_cancellation_slot();
            const int x = n++;
            auto deliver = [x, t, handler = std::move(handler)](asio::error_code error) mutable {
                if (!error && x == length) error = asio::error::eof;
                handler(error, x);
            };
            t->expires_after(std::chrono::milliseconds(x % 3));
            t->async_wait(asio::bind_cancellation_slot(
                slot, asio::bind_executor(executor, std::move(deliver))));
        };
        return weir::from_async<int>(std::move(wait));
    });
}

TEST_CASE("expiries of a timer are numbered without a gap, whatever the consumer does") {
    check([](seeded_context& ctx, resource::hold held) {
        auto rearm = [held = std::move(held), n = 0](timer& t) mutable {
            t.expires_after(1ms);
            return n++ < length;
        };
        auto numbers = weir::expiries(std::make_shared<timer>(ctx), std::move(rearm));
        return std::move(numbers) | weir::map([](std::size_t n) { return static_cast<int>(n); });
    });
}

TEST_CASE("an interval skips ticks and never goes back, whatever the consumer does") {
    const auto body = [](seeded_context& ctx) {
        std::vector<std::uint64_t> seen;
        auto keep = [&](std::uint64_t n) {
            const auto now = ctx.time().now().time_since_epoch();
            expect(n < static_cast<std::uint64_t>(now / 2ms), "no tick before its time");
            seen.push_back(n);
        };
        asio::cancellation_signal stop;
        auto ticks = suspend_at_random(strict(weir::interval(2ms)), ctx);
        auto result =
            start(ctx, std::move(ticks) | weir::take(20) | weir::for_each(keep), stop.slot());
        ctx.run_until([&] { return result->done; });
        result->get();
        expect(std::ranges::adjacent_find(seen, std::greater_equal<>()) == seen.end(), "grows");
        expect(ctx.time().sleepers() == 0, "no alarm is left");
    };
    CHECK_NOTHROW(for_seeds(1'000, body));
}
