// Every receiver sees every item; and what happens to the slow one is what was asked for.

#include <weir/channel/broadcast.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/into_broadcast.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/resource.hpp>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <doctest/doctest.h>
#include <support/allocation_count.hpp>
#include <support/items.hpp>
#include <support/polled.hpp>
#include <support/sanitized.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;
using weir::overflow;

namespace {

struct feed_failure : std::runtime_error {
    feed_failure() : std::runtime_error("the feed has failed") {}
};

template <class T>
void let_go(T) {}

template <class Context, class T>
auto start_send(Context& ctx, weir::broadcast_sender<T>& to, T item,
                asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<void>>();
    to.async_send(std::move(item), record(ctx, result, slot));
    return result;
}

// All that can be received now.
template <class T>
std::vector<T> there(weir::broadcast_receiver<T>& from) {
    std::vector<T> items;
    while (auto x = from.try_receive()) items.push_back(*std::move(x));
    return items;
}

auto numbers(int n) {
    return weir::from_range(std::views::iota(0, n));
}

std::vector<int> up_to(int n, int first = 0) {
    std::vector<int> v(static_cast<std::size_t>(n - first));
    std::iota(v.begin(), v.end(), first);
    return v;
}

}  // namespace

TEST_CASE("every receiver sees every item sent after it subscribed, in order") {
    auto to = weir::broadcast<int>(8);
    auto a = to.subscribe();
    auto other = to;
    to.try_send(1);
    auto b = other.subscribe();
    other.try_send(2);
    to.try_send(3);
    CHECK(there(a) == std::vector{1, 2, 3});
    CHECK(there(b) == std::vector{2, 3});
    CHECK(to.receiver_count() == 2);
}

TEST_CASE("a receiver may be exactly as many items behind as the capacity says") {
    for (const std::size_t capacity : {1u, 2u, 3u, 5u, 64u, 1000u}) {
        CAPTURE(capacity);
        auto to = weir::broadcast<std::size_t>(capacity);
        CHECK(to.capacity() == capacity);
        auto fast = to.subscribe();
        auto slow = to.subscribe();
        for (std::size_t round = 0; round < 3; ++round) {
            for (std::size_t i = 0; i < capacity; ++i) CHECK(to.try_send(std::size_t(i)));
            CHECK_FALSE(to.try_send(0));
            CHECK(there(fast).size() == capacity);
            CHECK_FALSE(to.try_send(0));
            CHECK(*slow.try_receive() == 0);
            CHECK(to.try_send(0));
            CHECK_FALSE(to.try_send(0));
            CHECK(there(slow).size() == capacity);
            CHECK(there(fast).size() == 1);
        }
    }
    CHECK_THROWS_AS(weir::broadcast<int>(0), std::invalid_argument);
    CHECK_THROWS_AS(weir::broadcast<int>(std::size_t(-1)), std::length_error);
}

TEST_CASE("without receivers items go nowhere, and are counted") {
    auto to = weir::broadcast<int>(1);
    CHECK(to.try_send(1));
    CHECK(to.try_send(2));
    CHECK(to.unheard() == 2);
    auto from = to.subscribe();
    CHECK(to.try_send(3));
    CHECK(there(from) == std::vector{3});
    let_go(std::move(from));
    CHECK(to.receiver_count() == 0);
    CHECK(to.try_send(4));
    CHECK(to.unheard() == 3);
}

TEST_CASE("a sender waits for the slowest receiver, in every way of sending") {
    asio::io_context io;
    auto to = weir::broadcast<int>(1);
    auto fast = to.subscribe();
    auto slow = to.subscribe();
    CHECK(to.try_send(1));
    CHECK(there(fast) == std::vector{1});
    SUBCASE("with a token") {
        auto sent = start_send(io, to, 2);
        settle(io);
        CHECK_FALSE(sent->done);
        CHECK(there(slow) == std::vector{1});
        settle(io);
        CHECK_NOTHROW(sent->get());
    }
    SUBCASE("in a coroutine") {
        auto sent = spawn(io, to.send(2));
        settle(io);
        CHECK_FALSE(sent->done);
        CHECK(there(slow) == std::vector{1});
        settle(io);
        CHECK_NOTHROW(sent->get());
    }
    SUBCASE("from where the item is") {
        int item = 2;
        auto sent = spawn(io, to.send_from(item));
        settle(io);
        CHECK_FALSE(sent->done);
        CHECK(there(slow) == std::vector{1});
        settle(io);
        CHECK_NOTHROW(sent->get());
    }
    SUBCASE("on a thread") {
        std::thread sender([&to] { to.blocking_send(2); });
        CHECK(slow.blocking_receive() == 1);
        CHECK(slow.blocking_receive() == 2);
        sender.join();
        CHECK(there(fast) == std::vector{2});
        return;
    }
    SUBCASE("until a deadline") {
        int item = 2;
        CHECK_FALSE(to.blocking_send_until(std::move(item), std::chrono::steady_clock::now()));
        CHECK(item == 2);
        CHECK(there(slow) == std::vector{1});
        CHECK(to.blocking_send_until(std::move(item), std::chrono::steady_clock::now()));
    }
    CHECK(there(slow) == std::vector{2});
    CHECK(there(fast) == std::vector{2});
}

TEST_CASE("a slow receiver that leaves frees the sender that waits for it") {
    asio::io_context io;
    auto to = weir::broadcast<int>(2);
    auto fast = to.subscribe();
    std::optional slow(to.subscribe());
    to.try_send(1);
    to.try_send(2);
    there(fast);
    auto sent = start_send(io, to, 3);
    settle(io);
    CHECK_FALSE(sent->done);
    slow.reset();
    settle(io);
    CHECK_NOTHROW(sent->get());
    CHECK(there(fast) == std::vector{3});
}

TEST_CASE("where the oldest is dropped, a slow receiver skips and counts; a fast one sees all") {
    auto to = weir::broadcast<int>(3, overflow::drop_oldest);
    auto fast = to.subscribe();
    auto slow = to.subscribe();
    std::vector<int> seen;
    for (int i = 0; i < 10; ++i) {
        CHECK(to.try_send(int(i)));
        for (const int x : there(fast)) seen.push_back(x);
    }
    CHECK(seen == up_to(10));
    CHECK(fast.missed() == 0);
    CHECK(slow.missed() == 7);
    CHECK(there(slow) == up_to(10, 7));
    CHECK(slow.missed() == 7);
    to.try_send(10);
    CHECK(there(slow) == std::vector{10});
}

TEST_CASE("where the slow one fails, it is cut off and told, and the others go on") {
    asio::io_context io;
    auto to = weir::broadcast<int>(3, overflow::disconnect);
    auto fast = to.subscribe();
    std::optional slow(to.subscribe());
    std::vector<int> seen;
    for (int i = 0; i < 10; ++i) {
        CHECK(to.try_send(int(i)));
        CHECK(to.receiver_count() == (i < 3 ? 2 : 1));
        for (const int x : there(fast)) seen.push_back(x);
    }
    CHECK(seen == up_to(10));
    CHECK_THROWS_AS(slow->try_receive(), weir::receiver_lagged_error);
    CHECK_THROWS_AS(slow->blocking_receive(), weir::receiver_lagged_error);
    CHECK_THROWS_AS(run(io, std::move(*slow) | weir::count()), weir::receiver_lagged_error);
    slow.reset();
    CHECK(to.receiver_count() == 1);
    let_go(std::move(fast));
    CHECK(to.receiver_count() == 0);
}

TEST_CASE("after close the receivers drain, and see the end or the error") {
    asio::io_context io;
    for (const bool with_error : {false, true}) {
        CAPTURE(with_error);
        auto to = weir::broadcast<int>(3);
        auto other = to;
        auto a = to.subscribe();
        auto b = to.subscribe();
        auto waiting = start_next(io, b);
        settle(io);
        to.try_send(1);
        to.try_send(2);
        to.close(with_error ? std::make_exception_ptr(feed_failure()) : nullptr);
        to.close(std::make_exception_ptr(std::logic_error("the second call does not count")));
        CHECK(to.closed());
        CHECK_FALSE(other.try_send(3));
        CHECK_THROWS_AS(other.blocking_send(3), weir::channel_closed_error);
        settle(io);
        CHECK(waiting->get() == 1);
        CHECK(b.blocking_receive() == 2);
        auto late = to.subscribe();
        if (with_error) {
            CHECK(*a.try_receive() == 1);
            CHECK(*a.try_receive() == 2);
            CHECK_THROWS_AS(a.try_receive(), feed_failure);
            CHECK_THROWS_AS(run(io, std::move(b) | weir::count()), feed_failure);
            CHECK_THROWS_AS(late.blocking_receive(), feed_failure);
        } else {
            CHECK(run(io, std::move(a) | weir::to<std::vector>()) == std::vector{1, 2});
            CHECK(b.try_receive().ended());
            CHECK(late.blocking_receive() == std::nullopt);
        }
    }
}

TEST_CASE("closing wakes senders that wait, and they have put nothing") {
    asio::io_context io;
    auto to = weir::broadcast<int>(1);
    auto other = to;
    auto from = to.subscribe();
    to.try_send(1);
    auto a = start_send(io, to, 2);
    auto b = spawn(io, other.send(3));
    settle(io);
    to.close();
    settle(io);
    CHECK_THROWS_AS(a->get(), weir::channel_closed_error);
    CHECK_THROWS_AS(b->get(), weir::channel_closed_error);
    CHECK(there(from) == std::vector{1});
}

TEST_CASE("when the last sender is gone the receivers that wait see the end") {
    asio::io_context io;
    std::optional to(weir::broadcast<int>(4));
    std::optional other(*to);
    auto count = start(io, to->subscribe() | weir::count());
    auto all = start(io, to->subscribe() | weir::to<std::vector>());
    settle(io);
    to.reset();
    settle(io);
    CHECK_FALSE(count->done);
    other->try_send(7);
    other.reset();
    settle(io);
    CHECK(count->get() == 1);
    CHECK(all->get() == std::vector{7});
}

TEST_CASE("a cancelled receive from a broadcast has taken nothing") {
    asio::io_context io;
    auto to = weir::broadcast<int>(2);
    auto from = to.subscribe();
    asio::cancellation_signal stop;
    auto waiting = start_next(io, from, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    to.try_send(1);  // after the cancellation was asked for, before it is dealt with
    settle(io);
    CHECK(waiting->aborted());
    CHECK(there(from) == std::vector{1});
}

TEST_CASE("a cancelled send to a broadcast has put nothing") {
    asio::io_context io;
    auto to = weir::broadcast<int>(1);
    auto from = to.subscribe();
    to.try_send(1);
    asio::cancellation_signal stop;
    auto waiting = start_send(io, to, 2, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    CHECK(there(from) == std::vector{1});
    settle(io);
    CHECK(waiting->aborted());
    CHECK(there(from).empty());
    CHECK(to.try_send(3));
    CHECK(there(from) == std::vector{3});
}

TEST_CASE("a pipeline that pauses keeps what it took for its next poll") {
    asio::io_context io;
    auto to = weir::broadcast<int>(64);
    auto from = to.subscribe();
    for (int i = 0; i < 64; ++i) to.try_send(int(i));
    for (int i = 0; i < 3; ++i) CHECK(*from.try_receive() == i);
    auto first = run(io, std::move(from) | weir::take(5) | weir::to<std::vector>());
    CHECK(first == up_to(8, 3));
}

TEST_CASE("a receiver that moves while it waits, or holds a run, loses nothing") {
    auto to = weir::broadcast<int>(64);
    auto from = to.subscribe();
    poll_by_hand poll;
    CHECK(poll(from).first == weir::poll_state::pending);
    auto moved = std::move(from);
    for (int i = 0; i < 10; ++i) to.try_send(int(i));
    CHECK(poll.woken() == 1);
    CHECK(poll(moved).second == 0);
    to.close();
    from = std::move(moved);
    CHECK(run(std::move(from) | weir::to<std::vector>()) == up_to(10, 1));
}

TEST_CASE("an item is destroyed when all have seen it, or the last who had not has left") {
    resource items;
    auto item = [&items] { return std::make_shared<resource::hold>(items.acquire()); };
    auto to = weir::broadcast<std::shared_ptr<resource::hold>>(4);
    auto a = to.subscribe();
    std::optional b(to.subscribe());
    for (int i = 0; i < 3; ++i) to.try_send(item());
    a.try_receive();
    CHECK(items.held() == 3);
    b->try_receive();
    CHECK(items.held() == 2);
    a.try_receive();
    b.reset();
    CHECK(items.held() == 1);
    a = weir::broadcast<std::shared_ptr<resource::hold>>(1).subscribe();
    CHECK(items.held() == 0);
}

TEST_CASE("each receiver but the last gets a copy, and the last one the item itself") {
    struct counted {
        explicit counted(int& n) : copies(&n) {}
        counted(const counted& other) : copies(other.copies) { ++*copies; }
        counted(counted&&) noexcept = default;
        counted& operator=(const counted&) = default;
        counted& operator=(counted&&) noexcept = default;
        ~counted() = default;
        int* copies;
    };
    int copies = 0;
    auto to = weir::broadcast<counted>(4);
    auto a = to.subscribe();
    auto b = to.subscribe();
    auto c = to.subscribe();
    to.try_send(counted(copies));
    CHECK((a.try_receive().has_value() && b.try_receive().has_value()));
    CHECK(copies == 2);
    CHECK(c.try_receive().has_value());
    CHECK(copies == 2);
}

TEST_CASE("an item may hold a receiver of its own broadcast, and be destroyed in it") {
    struct node {
        std::optional<weir::broadcast_receiver<std::shared_ptr<node>>> self;
    };
    for (const auto policy : {overflow::wait, overflow::drop_oldest, overflow::disconnect}) {
        auto to = weir::broadcast<std::shared_ptr<node>>(1, policy);
        std::optional from(to.subscribe());
        auto item = std::make_shared<node>();
        to.try_send(std::shared_ptr(item));
        std::exchange(item, nullptr)->self.emplace(to.subscribe());
        CHECK(to.receiver_count() == 2);
        if (policy == overflow::wait) {
            from.reset();
        } else {
            to.try_send(nullptr);
        }
        CHECK(to.receiver_count() == (policy == overflow::drop_oldest ? 1 : 0));
    }
}

TEST_CASE("an item that closes its broadcast when it is dropped leaves no room for the next") {
    struct closer {
        explicit closer(weir::broadcast_sender<std::shared_ptr<closer>> b) : to(std::move(b)) {}
        ~closer() { to.close(); }
        weir::broadcast_sender<std::shared_ptr<closer>> to;
    };
    for (const auto policy : {overflow::drop_oldest, overflow::disconnect}) {
        auto to = weir::broadcast<std::shared_ptr<closer>>(2, policy);
        auto slow = to.subscribe();
        CHECK(to.try_send(std::make_shared<closer>(to)));
        CHECK(to.try_send(nullptr));
        CHECK_FALSE(to.try_send(nullptr));
        if (policy == overflow::drop_oldest) CHECK(there(slow).size() == 1);
    }
}

TEST_CASE("items that need no default value are broadcast") {
    auto to = weir::broadcast<no_default>(2);
    auto from = to.subscribe();
    to.try_send(no_default(7));
    CHECK((*from.try_receive()).value() == 7);
}

TEST_CASE("a pipeline runs into a broadcast, at the pace of its slowest receiver") {
    asio::io_context io;
    for (const int n : {0, 1, 63, 64, 65, 1000}) {
        CAPTURE(n);
        auto to = weir::broadcast<int>(10);
        auto a = start(io, to.subscribe() | weir::to<std::vector>());
        auto slow = to.subscribe();
        auto sent = start(io, numbers(n) | weir::into(std::move(to)));
        settle(io);
        CHECK(sent->done == (n <= 10));
        CHECK(run(io, std::move(slow) | weir::to<std::vector>()) == up_to(n));
        CHECK_NOTHROW(sent->get());
        CHECK(a->get() == up_to(n));
    }
}

TEST_CASE("one of several pipelines into a broadcast ends, and the others go on") {
    asio::io_context io;
    auto to = weir::broadcast<int>(10);
    auto sum = start(io, to.subscribe() | weir::fold(0, std::plus<>()));
    auto first = start(io, numbers(100) | weir::into(to));
    settle(io);
    CHECK_NOTHROW(first->get());
    CHECK_FALSE(sum->done);
    auto second = start(io, numbers(100) | weir::into(std::move(to)));
    settle(io);
    CHECK_NOTHROW(second->get());
    CHECK(sum->get() == 2 * 4950);
}

TEST_CASE("a pipeline that fails or is cancelled does not look like one that ended") {
    asio::io_context io;
    SUBCASE("fails") {
        auto to = weir::broadcast<int>(10);
        auto from = to.subscribe();
        auto fail = [](int x) { return x == 3 ? throw feed_failure() : x; };
        auto sent = start(io, numbers(5) | weir::map(fail) | weir::into(to));
        settle(io);
        CHECK_THROWS_AS(sent->get(), weir::stage_error);
        CHECK_THROWS_AS(run(io, std::move(from) | weir::count()), weir::stage_error);
    }
    SUBCASE("is cancelled") {
        auto to = weir::broadcast<int>(1);
        auto from = start(io, to.subscribe() | weir::take(2) | weir::count());
        auto slow = to.subscribe();
        asio::cancellation_signal stop;
        auto sent = start(io, numbers(5) | weir::into(to), stop.slot());
        settle(io);
        stop.emit(asio::cancellation_type::terminal);
        settle(io);
        CHECK(sent->aborted());
        CHECK(*slow.try_receive() == 0);
        CHECK_THROWS_AS(slow.try_receive(), asio::system_error);
    }
    SUBCASE("is closed by somebody else") {
        auto to = weir::broadcast<int>(1);
        auto from = to.subscribe();
        auto sent = start(io, numbers(5) | weir::into(to));
        settle(io);
        to.close();
        settle(io);
        CHECK_THROWS_AS(sent->get(), weir::channel_closed_error);
        CHECK(run(io, std::move(from) | weir::count()) == 1);
    }
}

#if WEIR_COUNTS_ALLOCATIONS
TEST_CASE("neither an item of a broadcast nor waiting for it costs an allocation") {
    asio::io_context io(1);
    for (const auto policy : {overflow::wait, overflow::drop_oldest, overflow::disconnect}) {
        auto to = weir::broadcast<int>(2, policy);
        auto from = to.subscribe();
        auto total = start(io, to.subscribe() | weir::count());
        settle(io);
        const auto use = [&](int n) -> asio::awaitable<void> {
            for (int i = 0; i < n; ++i) {
                co_await to.send(i);
                co_await from.next();
            }
        };
        const auto cost = [&](int n) {
            const auto before = allocation_count();
            run_task(io, use(n));
            return allocation_count() - before;
        };
        cost(100);
        // Which of Asio's recycled memory is at hand differs by a few from run to run.
        CHECK(cost(10'000) < cost(100) + 10);
        to.close();
        settle(io);
    }
}
#endif

TEST_CASE("a receive from a broadcast that is raced with a timer loses no item") {
    using namespace asio::experimental::awaitable_operators;
    constexpr std::uint64_t races = 20'000;
    weir::runtime threads(2);
    auto to = weir::broadcast<std::uint64_t>(4);
    auto from = to.subscribe();
    const auto race = [&from]() -> asio::awaitable<std::uint64_t> {
        std::uint64_t in_order = 0;
        asio::steady_timer timer(co_await asio::this_coro::executor);
        for (;;) {
            timer.expires_after(std::chrono::microseconds(in_order % 3));
            auto either = from.next() || timer.async_wait(asio::use_awaitable);
            const auto first = co_await std::move(either);
            if (first.index() == 1) continue;
            const auto item = std::get<0>(first);
            if (!item) co_return in_order;
            if (*item == in_order) ++in_order;
        }
    };
    std::thread sender([out = std::move(to)]() mutable {
        for (std::uint64_t i = 0; i < races; ++i) {
            out.blocking_send(i);
            if (i % 4 == 0) std::this_thread::yield();
        }
    });
    CHECK(threads.run(race()) == races);
    sender.join();
}

TEST_CASE("in every order, each receiver of a broadcast sees all items in one order") {
    for_seeds(1'000, [](seeded_context& ctx) {
        auto& dice = ctx.random();
        resource items;
        using item = std::pair<int, std::shared_ptr<resource::hold>>;
        constexpr int n = 8;
        const auto capacity = 1 + static_cast<std::size_t>(dice.below(5));
        std::optional to(weir::broadcast<item>(capacity));
        // Two producers, one that is cancelled now and then, in coroutine and pipeline.
        const auto produce = [&](weir::broadcast_sender<item> out,
                                 int id) -> asio::awaitable<void> {
            for (int i = 0; i < n; ++i) {
                auto hold = std::make_shared<resource::hold>(items.acquire());
                item next(id * 100 + i, std::move(hold));
                co_await out.send(std::move(next));
            }
        };
        auto label = [&](int i) {
            return item(200 + i, std::make_shared<resource::hold>(items.acquire()));
        };
        const auto values = [](const std::vector<item>& v) {
            std::vector<int> ids;
            for (const auto& x : v) ids.push_back(x.first);
            return ids;
        };
        auto a = start(ctx, to->subscribe() | weir::to<std::vector>());
        std::vector<item> b;
        std::optional b_from(to->subscribe());
        const auto pull = [&]() -> asio::awaitable<void> {
            while (auto x = co_await b_from->next()) b.push_back(*x);
        };
        auto b_done = spawn(ctx, pull());
        // One that leaves after some items, or at once.
        auto c = start(ctx, to->subscribe() | weir::take(dice.below(6)) | weir::count());
        // One that is cancelled at any moment.
        asio::cancellation_signal stop_d;
        auto d_from = std::make_unique<weir::broadcast_receiver<item>>(to->subscribe());
        auto d = start_next(ctx, *d_from, stop_d.slot());
        // A send that is cancelled at any moment, and was put or not.
        asio::cancellation_signal stop_e;
        auto e_to = std::make_unique<weir::broadcast_sender<item>>(*to);
        auto e = start_send(ctx, *e_to, label(99), stop_e.slot());
        auto first = spawn(ctx, produce(*to, 1));
        auto second = start(ctx, numbers(n) | weir::map(label) | weir::into(*to));
        to.reset();
        asio::post(ctx, [&] { stop_d.emit(asio::cancellation_type::terminal); });
        asio::post(ctx, [&] { stop_e.emit(asio::cancellation_type::terminal); });
        ctx.settle();
        expect(d->done, "a cancelled receive comes back");
        std::optional<int> d_first;
        if (!d->aborted()) d_first = d->get().value().first;
        while (auto x = d_from->try_receive()) {
            if (!d_first) d_first = x->first;
        }
        d_from.reset();
        ctx.settle();
        expect(e->done, "a cancelled send comes back");
        e_to.reset();
        ctx.settle();
        expect(a->done && b_done->done && c->done && first->done && second->done,
               "nobody is stuck");
        const auto seen = values(a->get());
        expect(seen == values(b), "both see the same");
        expect(std::ranges::count(seen, 299) == (e->aborted() ? 0 : 1),
               "a send that was cancelled has put nothing, another one thing");
        expect(!d_first || *d_first == seen.front(), "a cancelled receive has taken nothing");
        for (const int id : {1, 2}) {
            std::vector<int> of_one;
            for (const int x : seen) {
                if (x / 100 == id && x != 299) of_one.push_back(x);
            }
            expect(of_one == up_to(id * 100 + n, id * 100), "each sender's items in their order");
        }
        a.reset();
        b.clear();
        b_from.reset();
        d.reset();
        expect(items.held() == 0, "nothing is left of the items");
    });
}

TEST_CASE("in every order, what a slow receiver misses is what it does not see") {
    for_seeds(1'000, [](seeded_context& ctx) {
        constexpr int n = 40;
        const auto capacity = 1 + static_cast<std::size_t>(ctx.random().below(5));
        std::optional to(weir::broadcast<int>(capacity, overflow::drop_oldest));
        std::optional from(to->subscribe());
        std::vector<int> seen;
        const auto pull = [&]() -> asio::awaitable<void> {
            while (auto x = co_await from->next()) seen.push_back(*x);
        };
        auto pulled = spawn(ctx, pull());
        const auto send = [&]() -> asio::awaitable<void> {
            auto here = co_await asio::this_coro::executor;
            for (int i = 0; i < n; ++i) {
                co_await to->send(i);
                if (ctx.random().one_in(3)) co_await asio::post(here, asio::use_awaitable);
            }
            to.reset();
        };
        auto sent = spawn(ctx, send());
        ctx.settle();
        expect(sent->done && pulled->done, "nobody is stuck");
        expect(std::ranges::is_sorted(seen) && seen.back() == n - 1, "in order, up to the last");
        expect(seen.size() + from->missed() == n, "all are seen or counted");
    });
}

TEST_CASE("many threads send to many, and each sees all, each sender's in order") {
    constexpr std::uint64_t n = 20'000 / slower_when_sanitized;
    constexpr std::size_t senders = 3;
    using seen = std::array<std::uint64_t, senders>;  // how many in order; the rest does not count
    weir::runtime threads(2);
    for (const std::size_t capacity : {1u, 7u, 256u}) {
        CAPTURE(capacity);
        const std::uint64_t each = capacity == 1 ? n / 20 : n;
        std::optional to(weir::broadcast<std::uint64_t>(capacity));
        const auto check = [](seen s, std::uint64_t x) {
            if (s[x % senders] == x / senders) ++s[x % senders];
            return s;
        };
        const seen all{each, each, each};
        std::array<seen, 2> blocking{};
        auto in_pipeline = to->subscribe();
        std::vector<std::thread> others;
        for (std::size_t i = 0; i < 2; ++i) {
            others.emplace_back([&, i, from = to->subscribe()]() mutable {
                while (auto x = from.blocking_receive()) blocking[i] = check(blocking[i], *x);
            });
        }
        // One that comes and goes all the time.
        others.emplace_back([out = *to]() {
            for (std::uint64_t i = 0; i < n / 100; ++i) {
                auto from = out.subscribe();
                from.try_receive();
            }
        });
        for (std::size_t id = 0; id + 1 < senders; ++id) {
            others.emplace_back([id, each, out = *to]() mutable {
                for (std::uint64_t i = 0; i < each; ++i) out.blocking_send(i * senders + id);
            });
        }
        auto number = [](std::uint64_t i) { return i * senders + senders - 1; };
        auto feed = weir::from_range(std::views::iota(std::uint64_t{0}, each)) | weir::map(number) |
                    weir::into(*std::exchange(to, std::nullopt));
        auto sent = std::move(feed).start(threads.executor(), asio::use_future);
        CHECK(threads.run(std::move(in_pipeline) | weir::fold(seen{}, check)) == all);
        CHECK_NOTHROW(sent.get());
        for (auto& t : others) t.join();
        CHECK(blocking[0] == all);
        CHECK(blocking[1] == all);
    }
}

TEST_CASE("slow receivers are cut off while many threads send, and the fast ones see all") {
    constexpr std::uint64_t n = 100'000 / slower_when_sanitized;
    for (const auto policy : {overflow::drop_oldest, overflow::disconnect}) {
        auto to = weir::broadcast<std::uint64_t>(16, policy);
        std::vector<std::thread> others;
        for (int i = 0; i < 3; ++i) {
            others.emplace_back([n, from = to.subscribe(), policy]() mutable {
                std::uint64_t seen = 0;
                std::optional<std::uint64_t> last;
                bool in_order = true;
                bool cut_off = false;
                try {
                    while (auto x = from.blocking_receive()) {
                        in_order = in_order && (!last || *x > *last);
                        last = x;
                        ++seen;
                    }
                } catch (const weir::receiver_lagged_error&) {
                    cut_off = true;
                }
                CHECK(in_order);
                if (policy == overflow::drop_oldest) {
                    CHECK(seen + from.missed() == n);
                } else {
                    CHECK(cut_off == (seen != n));
                }
            });
        }
        for (std::uint64_t i = 0; i < n; ++i) CHECK(to.try_send(std::uint64_t(i)));
        to.close();
        for (auto& t : others) t.join();
    }
}
