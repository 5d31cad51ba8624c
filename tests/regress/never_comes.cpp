// clock::duration::max() says "never". Added to a time point it overflowed, and what was never to
// happen happened at once: batches of one, timeouts, ticks without end, drains cut off.

#include <weir/aggregates/count.hpp>
#include <weir/joins/interval_join.hpp>
#include <weir/operators/batch.hpp>
#include <weir/operators/debounce.hpp>
#include <weir/operators/delay.hpp>
#include <weir/operators/group_by.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/retry.hpp>
#include <weir/operators/sample.hpp>
#include <weir/operators/sliding.hpp>
#include <weir/operators/throttle.hpp>
#include <weir/operators/timeout.hpp>
#include <weir/operators/tumbling.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/backoff.hpp>
#include <weir/runtime/circuit_breaker.hpp>
#include <weir/runtime/detail/parker.hpp>
#include <weir/runtime/saturating.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/sources/interval.hpp>
#include <weir/sources/retry_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using weir::clock;
using numbers = weir::any_stream<int>;
using ints = std::vector<int>;

constexpr auto never = clock::duration::max();

/// A pipeline of whole numbers, on a clock that does not stand at zero.
struct fixture {
    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    script<int> source;
    ints seen;
    std::shared_ptr<outcome<void>> result;

    void run(std::function<numbers(numbers)> op) {
        time->advance(1h);
        auto collect = [this](int x) { seen.push_back(x); };
        numbers out = op(source.stream());
        result = start(io, std::move(out) | weir::for_each(collect));
        settle(io);
    }
    /// Gives 1, then 2 and 3, then the end; a year after each.
    ints all() {
        for (const ints& some : {ints{1}, ints{2, 3}}) {
            for (const int x : some) source.give(x);
            settle(io);
            time->advance(24h * 365);
            settle(io);
        }
        early = seen;
        source.end();
        settle(io);
        if (result->done) result->get();
        return seen;
    }
    ints early;  // what was seen before the end
};

int sum_of(const std::vector<int>& xs) {
    int sum = 0;
    for (const int x : xs) sum = sum * 10 + x;
    return sum;
}

int as_int(std::uint64_t n) {
    return static_cast<int>(n);
}

asio::awaitable<int> fail(int) {
    throw std::runtime_error("down");
    co_return 0;
}

}  // namespace

TEST_CASE("sums of times stop at the ends of their type") {
    using point = clock::time_point;
    const point now(1h);
    CHECK(weir::deadline_after(now, 1s) == now + 1s);
    CHECK(weir::deadline_after(now, -1s) == now - 1s);
    CHECK(weir::deadline_after(now, never) == point::max());
    CHECK(weir::deadline_after(point(-1h), clock::duration::min()) == point::min());
    CHECK(weir::deadline_after(now, std::chrono::milliseconds::max()) == point::max());
    CHECK(weir::deadline_after(point(-1h), std::chrono::milliseconds::min()) == point::min());
    CHECK(weir::deadline_after(now, std::chrono::duration<double>(1e300)) == point::max());
    CHECK(weir::deadline_after(now, std::chrono::duration<double>(1.5)) == now + 1500ms);
    CHECK(weir::nth_after(now, clock::duration(1h), 3) == now + 3h);
    CHECK(weir::nth_after(now, never, 1) == point::max());
    CHECK(weir::nth_after(now, clock::duration(1h), std::uint64_t(-1)) == point::max());
    CHECK(weir::add_saturating(std::numeric_limits<short>::max(), 5) ==
          std::numeric_limits<short>::max());
    CHECK(weir::subtract_saturating(std::int64_t{-2}, std::numeric_limits<std::int64_t>::max()) ==
          std::numeric_limits<std::int64_t>::min());
    CHECK(weir::subtract_saturating(1.5, 0.5) == 1.0);
}

TEST_CASE("operators that are told to wait for ever wait for the end") {
    using from = numbers;
    const auto check = [](std::function<from(from)> op, const ints& early, const ints& all) {
        fixture f;
        f.run(std::move(op));
        CHECK(f.all() == all);
        CHECK(f.early == early);
        CHECK(f.result->done);
    };
    check([](from s) { return std::move(s) | weir::batch(10, never) | weir::map(sum_of); }, {},
          {123});
    check([](from s) { return std::move(s) | weir::debounce(never); }, {}, {3});
    check([](from s) { return std::move(s) | weir::sample(never); }, {}, {3});
    check(
        [](from s) {
            return std::move(s) | weir::tumbling(never, weir::agg::count()) | weir::map(as_int);
        },
        {}, {3});
    check(
        [](from s) {
            return std::move(s) | weir::sliding(never, 10, weir::agg::count()) | weir::map(as_int);
        },
        {1, 2, 3}, {1, 2, 3});
    check([](from s) { return std::move(s) | weir::timeout({.item = never, .whole = never}); },
          {1, 2, 3}, {1, 2, 3});
    check(
        [](from s) {
            auto group = [](int) { return weir::batch(10) | weir::map(sum_of); };
            return std::move(s) |
                   weir::group_by(std::identity(), {.max_groups = 5, .idle = never - 1ns}, group);
        },
        {}, {1, 2, 3});
}

TEST_CASE("what is held for ever stays where it is") {
    fixture f;
    f.run([](numbers s) { return std::move(s) | weir::throttle({1, never}, 1); });
    CHECK(f.all() == ints{1});
    fixture burst;
    burst.run([](numbers s) { return std::move(s) | weir::throttle({3, never}, 3); });
    CHECK(burst.all() == ints{1, 2, 3});
    fixture two;
    two.run([](numbers s) { return std::move(s) | weir::throttle({1, never}, 2); });
    CHECK(two.all() == ints{1, 2});
    fixture g;
    g.run([](numbers s) { return std::move(s) | weir::delay(never); });
    CHECK(g.all().empty());
    CHECK_FALSE(f.result->done);
    CHECK_FALSE(g.result->done);
    CHECK(f.time->sleepers() + g.time->sleepers() == 0);
}

TEST_CASE("an interval of for ever does not tick, and goes on with an alarm that never rings") {
    fixture f;
    f.run([](numbers) { return weir::interval(never) | weir::map(as_int); });
    CHECK(f.all().empty());
    CHECK_FALSE(f.result->done);
    // Under a seeded context, too, which moves time to the next deadline there is.
    seeded_context ctx(1);
    auto ticks = start(ctx, weir::interval(never) | weir::for_each([](std::uint64_t) {}));
    CHECK_THROWS_AS(ctx.run(), deadlock_error);
    CHECK(ctx.time().now() == clock::time_point());
}

TEST_CASE("a call may take for ever") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    time->advance(1h);
    script<int> answer;
    auto source = std::make_shared<numbers>(answer.stream());
    auto call = weir::timeout(never, [source](int x) -> asio::awaitable<int> {
        const auto got = co_await source->next();
        co_return got.value_or(0) + x;
    });
    const int item = 1;  // a call refers to it
    auto result = spawn(io, call(item));
    settle(io);
    time->advance(24h * 365);
    settle(io);
    CHECK_FALSE(result->done);
    answer.give(1);
    settle(io);
    CHECK(result->get() == 2);
}

TEST_CASE("a call that is to be tried again never is not") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    time->advance(1h);
    int calls = 0;
    weir::retry_policy policy;
    policy.waits = {.first_wait = never, .max_wait = never};
    auto call = weir::retry(policy, [&calls](int x) -> asio::awaitable<int> {
        ++calls;
        return fail(x);
    });
    auto result = spawn(io, call(1));
    weir::retry_stream_policy again;
    again.waits = policy.waits;
    auto fresh = [&calls]() -> numbers {
        ++calls;
        throw std::runtime_error("down");
    };
    auto retried = start(io, weir::retry_stream(again, fresh) | weir::for_each([](int) {}));
    settle(io);
    time->advance(24h * 365);
    settle(io);
    CHECK(calls == 2);
    CHECK_FALSE(result->done);
    CHECK_FALSE(retried->done);
}

TEST_CASE("waits grow to the longest and not beyond, whatever a double makes of it") {
    weir::backoff waits({.first_wait = never - 1ns, .max_wait = never, .factor = 10});
    for (int i = 0; i < 3; ++i) CHECK(waits.next() >= never - 1000ns);
    CHECK(waits.after(1'000'000) == never);
    weir::backoff odd(
        {.first_wait = 1ns, .max_wait = clock::duration((std::int64_t{1} << 53) + 1)});
    CHECK(odd.after(100) == clock::duration((std::int64_t{1} << 53) + 1));
}

TEST_CASE("a circuit that is open for ever stays open") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    time->advance(1h);
    weir::circuit_policy policy;
    policy.failures = 1;
    policy.open_for = never;
    weir::circuit_breaker breaker(policy);
    auto call = breaker.guard(fail);
    CHECK_THROWS_AS(run_task(io, call(1)), std::runtime_error);
    time->advance(24h * 365);
    CHECK_THROWS_AS(run_task(io, call(1)), weir::circuit_open_error);
}

TEST_CASE("a drain that may take for ever cuts nothing off") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    time->advance(1h);
    weir::pipeline p("p", io.get_executor());
    script<int> source;
    script<int> slow;
    auto pace = std::make_shared<numbers>(slow.stream());
    ints seen;
    auto write = weir::for_each([&seen, pace](int x) -> asio::awaitable<void> {
        const auto got = co_await pace->next();
        seen.push_back(x + got.value_or(0));
    });
    p.add("write", source.stream() | p.source("read") | std::move(write));
    auto result = std::make_shared<outcome<void>>();
    p.run(record(io, result));
    source.give(1);
    settle(io);
    auto drained = std::make_shared<outcome<weir::drain_report>>();
    p.drain(never, record(io, drained));
    settle(io);
    time->advance(24h * 365);
    settle(io);
    CHECK_FALSE(drained->done);
    slow.give(1);
    settle(io);
    CHECK(drained->get().drained());
    CHECK(seen == ints{2});
}

TEST_CASE("a segment that is to be started again never is not") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    time->advance(1h);
    weir::pipeline p("p", io.get_executor());
    int attempts = 0;
    auto make = [&attempts]() -> asio::awaitable<void> {
        ++attempts;
        static_cast<void>(co_await fail(1));
    };
    p.add("feed", weir::restart{.first_wait = never, .max_wait = never}, make);
    auto result = std::make_shared<outcome<void>>();
    p.run(record(io, result));
    settle(io);
    time->advance(24h * 365);
    settle(io);
    CHECK(attempts == 1);
    CHECK_FALSE(result->done);
    p.cancel();
    settle(io);
    CHECK(result->done);
}

TEST_CASE("partners may be for ever apart") {
    struct reading {
        int key;
        std::int64_t at;
    };
    constexpr auto longest = std::numeric_limits<std::int64_t>::max();
    const auto join = [](weir::interval_bounds<std::int64_t> bounds) {
        script<reading> left;
        script<reading> right;
        left.give(reading{1, -longest}).give(reading{1, 5}).end();
        right.give(reading{1, 0}).give(reading{1, longest}).end();
        int pairs = 0;
        auto side = weir::detail::join_side(&reading::key, &reading::at);
        auto both = left.stream() | weir::interval_join(right.stream(), side, side, bounds);
        run(std::move(both) | weir::for_each([&](const std::pair<reading, reading>&) { ++pairs; }));
        return pairs;
    };
    weir::interval_bounds<std::int64_t> bounds{.max_items = 10};
    bounds.before = bounds.after = bounds.lateness = longest;
    CHECK(join(bounds) == 3);  // not the first and the last, which are twice as far apart
}

TEST_CASE("a thread may wait for ever") {
    weir::detail::parker one;
    one.wake();
    CHECK(one.park_until(clock::time_point::max()));
}
