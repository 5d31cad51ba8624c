// The latest value: what is overwritten is skipped, the last one never is.

#include <weir/channel/watch.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/resource.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>
#include <support/items.hpp>
#include <support/polled.hpp>
#include <support/sanitized.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

struct no_more_values : std::runtime_error {
    no_more_values() : std::runtime_error("the source of values has failed") {}
};

template <class T>
void let_go(T) {}

template <class Context, class T>
auto start_changed(Context& ctx, weir::watch_receiver<T>& from, asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<bool>>();
    from.async_changed(record(ctx, result, slot));
    return result;
}

}  // namespace

TEST_CASE("a receiver gets the latest value, and the one there is at first") {
    auto [to, from] = weir::watch<std::string>("one");
    CHECK(from.get() == "one");
    CHECK(to.send("two"));
    CHECK(to.send("three"));
    CHECK(from.get() == "three");
    CHECK(from.get() == "three");
    CHECK(to.latest() == "three");
}

TEST_CASE("a value can be changed in place, and left alone") {
    auto [to, from] = weir::watch<std::vector<int>>({1});
    from.get();
    CHECK(to.modify([](std::vector<int>& v) { v.push_back(2); }));
    CHECK(from.has_changed());
    CHECK(from.get() == std::vector{1, 2});
    CHECK(to.modify([](std::vector<int>&) { return false; }));
    CHECK_FALSE(from.has_changed());
    CHECK(to.modify([](std::vector<int>& v) { return v.push_back(3), true; }));
    CHECK(from.get() == std::vector{1, 2, 3});
}

TEST_CASE("what a modification throws comes out, and nobody is woken for it") {
    auto [to, from] = weir::watch(1);
    from.get();
    const auto fail = [](int& x) {
        x = 2;
        throw no_more_values();
    };
    CHECK_THROWS_AS(to.modify(fail), no_more_values);
    CHECK_FALSE(from.has_changed());
    CHECK(to.latest() == 2);
    CHECK(to.send(3));
    CHECK(from.get() == 3);
}

TEST_CASE("items that need no default value are watched") {
    auto [to, from] = weir::watch(no_default(1));
    to.send(no_default(2));
    CHECK(from.get().value() == 2);
}

TEST_CASE("changed() is true until the value was seen, and then waits") {
    asio::io_context io;
    auto [to, from] = weir::watch(1);
    CHECK(run_task(io, from.changed()));
    CHECK(run_task(io, from.changed()));
    CHECK(from.get() == 1);
    auto waiting = spawn(io, from.changed());
    settle(io);
    CHECK_FALSE(waiting->done);
    to.send(2);
    settle(io);
    CHECK(waiting->get());
    CHECK(from.get() == 2);
    auto with_token = start_changed(io, from);
    settle(io);
    CHECK_FALSE(with_token->done);
    to.send(3);
    settle(io);
    CHECK(with_token->get());
}

TEST_CASE("when the last sender is gone the last value is seen before the end") {
    asio::io_context io;
    auto ends = weir::watch(1);
    {
        auto first = std::move(ends.sender);
        auto second = first;
        let_go(std::move(first));
        CHECK(second.send(2));
    }
    CHECK(run_task(io, ends.receiver.changed()));
    CHECK(ends.receiver.get() == 2);
    CHECK_FALSE(run_task(io, ends.receiver.changed()));
    CHECK_FALSE(ends.receiver.blocking_changed());
    CHECK(ends.receiver.get() == 2);
}

TEST_CASE("closing ends a watch for all senders and receivers, after the last value") {
    asio::io_context io;
    for (const bool with_error : {false, true}) {
        auto [to, from] = weir::watch(1);
        auto other = to;
        auto waiting = from;
        waiting.get();
        auto waits = start_changed(io, waiting);
        settle(io);
        to.close(with_error ? std::make_exception_ptr(no_more_values()) : nullptr);
        to.close(std::make_exception_ptr(std::logic_error("the second call does not count")));
        CHECK_FALSE(other.send(2));
        CHECK_FALSE(other.modify([](int& x) { ++x; }));
        settle(io);
        auto next = start_next(io, from);
        settle(io);
        CHECK(next->get() == 1);
        next = start_next(io, from);
        settle(io);
        auto late = to.subscribe();
        CHECK(late.get() == 1);
        if (with_error) {
            CHECK_THROWS_AS(waits->get(), no_more_values);
            CHECK_THROWS_AS(next->get(), no_more_values);
            CHECK_THROWS_AS(late.blocking_changed(), no_more_values);
        } else {
            CHECK_FALSE(waits->get());
            CHECK(next->get() == std::nullopt);
            CHECK_FALSE(late.blocking_changed());
        }
    }
}

TEST_CASE("as a stream a watch skips what was overwritten, but not the last value") {
    asio::io_context io;
    auto [to, from] = weir::watch(1);
    auto all = start(io, std::move(from) | weir::to<std::vector>());
    settle(io);
    to.send(2);
    to.send(3);
    settle(io);
    to.send(4);
    to.send(5);
    to.close();
    settle(io);
    CHECK(all->get() == std::vector{1, 3, 5});
}

TEST_CASE("a copy of a receiver has seen what the original has, and goes its own way") {
    auto [to, from] = weir::watch(1);
    from.get();
    auto copy = from;
    CHECK_FALSE(copy.has_changed());
    CHECK(copy.get() == 1);
    to.send(2);
    CHECK(from.get() == 2);
    CHECK(copy.has_changed());
    CHECK(to.subscribe().has_changed());
    copy = from;
    CHECK_FALSE(copy.has_changed());
    CHECK(copy.get() == 2);
}

TEST_CASE("receivers come and go, and are counted") {
    auto ends = weir::watch(1);
    CHECK(ends.sender.receiver_count() == 1);
    {
        auto second = ends.sender.subscribe();
        auto third = second;
        auto moved = std::move(third);
        CHECK(ends.sender.receiver_count() == 3);
    }
    let_go(std::move(ends.receiver));
    CHECK(ends.sender.receiver_count() == 0);
    CHECK(ends.sender.send(2));
    CHECK(ends.sender.subscribe().get() == 2);
}

TEST_CASE("a receiver that is moved while its stream waits misses no change") {
    auto [to, from] = weir::watch(1);
    from.get();
    poll_by_hand poll;
    CHECK(poll(from).first == weir::poll_state::pending);
    auto moved = std::move(from);
    to.send(2);
    CHECK(poll.woken() == 1);
    CHECK(poll(moved).second == 2);
    CHECK(poll(moved).first == weir::poll_state::pending);
    CHECK(moved.get() == 2);
}

TEST_CASE("a cancelled wait for a change has seen nothing") {
    asio::io_context io;
    auto [to, from] = weir::watch(1);
    from.get();
    asio::cancellation_signal stop;
    auto waiting = start_changed(io, from, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    to.send(2);
    settle(io);
    CHECK(waiting->aborted());
    CHECK(from.has_changed());
    CHECK(run_task(io, from.changed()));
}

TEST_CASE("a thread waits for a change, or for a deadline") {
    auto ends = weir::watch(1);
    ends.receiver.get();
    CHECK_FALSE(ends.receiver.blocking_changed_until(std::chrono::steady_clock::now()));
    std::thread sender([&ends] { ends.sender.send(2); });
    CHECK(ends.receiver.blocking_changed());
    sender.join();
    CHECK(ends.receiver.get() == 2);
}

TEST_CASE("an old value is destroyed when the last receiver has let go of it") {
    resource tables;
    auto table = [&tables] { return std::make_shared<resource::hold>(tables.acquire()); };
    auto [to, from] = weir::watch(table());
    from.get();
    to.send(table());
    CHECK(tables.held() == 2);
    from.get();
    CHECK(tables.held() == 1);
}

TEST_CASE("a value may hold a receiver of its own watch, and be destroyed while it is replaced") {
    struct node {
        std::optional<weir::watch_receiver<std::shared_ptr<node>>> self;
    };
    auto ends = weir::watch(std::make_shared<node>());
    ends.sender.latest()->self = ends.sender.subscribe();
    ends.sender.send(std::make_shared<node>());
    CHECK(ends.sender.receiver_count() == 1);
}

#if WEIR_COUNTS_ALLOCATIONS
TEST_CASE("neither a change nor waiting for it costs an allocation") {
    asio::io_context io(1);
    auto [to, from] = weir::watch(0);
    const auto use = [&tx = to, &rx = from](int n) -> asio::awaitable<void> {
        for (int i = 0; i < n; ++i) {
            tx.send(i);
            co_await rx.changed();
            rx.get();
            tx.send(i);
            co_await rx.next();
        }
    };
    const auto cost = [&](int n) {
        const auto before = allocation_count();
        run_task(io, use(n));
        return allocation_count() - before;
    };
    cost(10);
    // Which of Asio's recycled memory is at hand differs by a few from run to run.
    CHECK(cost(10'000) < cost(10) + 10);
}

TEST_CASE("nor does one that is waited for") {
    asio::io_context io(1);
    auto [to, from] = weir::watch(0);
    auto total = start(io, std::move(from) | weir::fold(0, [](int n, int) { return n + 1; }));
    settle(io);
    const auto change = [&tx = to, &io](int n) {
        const auto before = allocation_count();
        for (int i = 0; i < n; ++i) {
            tx.send(i);
            settle(io);
        }
        return allocation_count() - before;
    };
    change(10);
    CHECK(change(10'000) == 0);
    to.close();
    settle(io);
    CHECK(total->get() == 10'011);
}
#endif

TEST_CASE(
    "in every order of sends, waits, cancels and leaving, each receiver sees the last value") {
    for_seeds(1'000, [](seeded_context& ctx) {
        auto ends = weir::watch(0);
        std::optional to(std::move(ends.sender));
        const bool with_error = ctx.random().one_in(2);
        auto a = start(ctx, std::move(ends.receiver) | weir::to<std::vector>());
        auto b_from = to->subscribe();
        std::vector<int> b;
        const auto watch_b = [&]() -> asio::awaitable<void> {
            for (bool more = co_await b_from.changed(); more; more = co_await b_from.changed()) {
                b.push_back(b_from.get());
            }
        };
        auto b_done = spawn(ctx, watch_b());
        auto c_from = to->subscribe();
        asio::cancellation_signal stop;
        auto c = start_changed(ctx, c_from, stop.slot());
        constexpr int last = 10;
        const auto send = [&]() -> asio::awaitable<void> {
            auto here = co_await asio::this_coro::executor;
            for (int i = 1; i <= last; ++i) {
                to->send(i);
                co_await asio::post(here, asio::use_awaitable);
            }
            if (with_error) to->close(std::make_exception_ptr(no_more_values()));
            to.reset();
        };
        auto sent = spawn(ctx, send());
        asio::post(ctx, [&] { stop.emit(asio::cancellation_type::terminal); });
        ctx.settle();
        expect(sent->done && a->done && b_done->done && c->done, "nobody is stuck");
        expect(bool(a->error) == with_error && bool(b_done->error) == with_error,
               "the error is told to all");
        if (!with_error) {
            const auto seen = a->get();
            expect(std::ranges::is_sorted(seen), "no value comes after a newer one");
            expect(seen.back() == last, "the last value is not missed");
        }
        expect(std::ranges::is_sorted(b) && b.back() == last, "nor by one who waits for changes");
        expect(c_from.get() == last, "nor by one who was cancelled");
    });
}

TEST_CASE("many threads watch what many threads change, and all see the last value") {
    constexpr std::uint64_t n = 200'000 / slower_when_sanitized;
    // Two words that belong together: a torn value shows.
    using pair = std::array<std::uint64_t, 2>;
    weir::runtime threads(2);
    auto ends = weir::watch(pair{0, 0});
    auto streaming = ends.sender.subscribe();
    std::vector<std::thread> others;
    for (int i = 0; i < 2; ++i) {
        others.emplace_back([to = ends.sender]() mutable {
            for (std::uint64_t k = 0; k < n; ++k) {
                to.modify([](pair& p) { p = {p[0] + 1, p[1] + 1}; });
            }
        });
    }
    std::array<std::uint64_t, 2> last{};
    std::array<bool, 2> sound{true, true};
    for (std::size_t i = 0; i < 2; ++i) {
        others.emplace_back([&, i, from = ends.sender.subscribe()]() mutable {
            while (from.blocking_changed()) {
                const pair p = from.get();
                sound[i] = sound[i] && p[0] == p[1] && p[0] >= last[i];
                last[i] = p[0];
            }
        });
    }
    let_go(std::move(ends.sender));
    const auto seen =
        threads.run(std::move(streaming) | weir::fold(pair{0, 1}, [](pair before, pair p) {
                        const bool ok = before[1] == 1 && p[0] == p[1] && p[0] >= before[0];
                        return pair{p[0], ok ? 1u : 0u};
                    }));
    for (auto& t : others) t.join();
    CHECK(seen == pair{2 * n, 1});
    CHECK(last == pair{2 * n, 2 * n});
    CHECK((sound[0] && sound[1]));
}

TEST_CASE("a change that comes while a receiver is about to wait is not missed") {
    for (int round = 0; round < 500; ++round) {
        auto ends = weir::watch(0);
        ends.receiver.get();
        std::atomic<bool> changing{false};
        // So slow that the receiver finds nothing new, and then the lock taken.
        const auto change = [&changing](int& x) {
            changing = true;
            for (int i = 0; i < 20; ++i) std::this_thread::yield();
            x = 1;
        };
        std::thread sender([&to = ends.sender, change] { to.modify(change); });
        while (!changing) std::this_thread::yield();
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        const bool changed = ends.receiver.blocking_changed_until(limit);
        sender.join();
        REQUIRE(changed);
        CHECK(ends.receiver.get() == 1);
    }
}

TEST_CASE("receivers come and go on one thread while another sends") {
    auto ends = weir::watch(std::uint64_t{0});
    std::thread sender([to = std::move(ends.sender)]() mutable {
        for (std::uint64_t i = 1; i <= 100'000 / slower_when_sanitized; ++i) to.send(i);
    });
    auto from = std::move(ends.receiver);
    std::uint64_t last = 0;
    while (from.blocking_changed()) {
        auto copy = from;
        CHECK(copy.blocking_changed());
        CHECK(copy.get() >= last);
        last = copy.get();
        from.get();
        copy.blocking_changed_until(std::chrono::steady_clock::now());
    }
    sender.join();
    CHECK(from.get() == 100'000 / slower_when_sanitized);
}
