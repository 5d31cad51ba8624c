// Channels with several senders, and several receivers: policies, ends, turns.

#include <weir/channel/shared_channel.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>
#include <weir/testing/script.hpp>

#include <doctest/doctest.h>
#include <support/items.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace weir::testing;

namespace {

struct sender_failed : std::runtime_error {
    sender_failed() : std::runtime_error("the sender has failed") {}
};

template <class Receiver>
std::vector<int> drain(Receiver& rx) {
    std::vector<int> seen;
    while (auto x = rx.try_receive()) seen.push_back(*x);
    return seen;
}

std::size_t length(const std::string& s) {
    return s.size();
}

asio::awaitable<void> send_from_task(weir::shared_sender<int> tx, int from, int n) {
    for (int i = from; i < from + n; ++i) co_await tx.send(i);
}

}  // namespace

TEST_CASE("the receiver of an mpsc channel cannot be copied, that of an mpmc channel can") {
    static_assert(!std::is_copy_constructible_v<weir::unique_receiver<int>>);
    static_assert(std::is_move_constructible_v<weir::unique_receiver<int>>);
    static_assert(std::is_copy_constructible_v<weir::shared_receiver<int>>);
    static_assert(std::is_copy_constructible_v<weir::shared_sender<int>>);
    static_assert(weir::stream<weir::unique_receiver<int>>);
    static_assert(weir::stream<weir::shared_receiver<move_only>>);
}

TEST_CASE("a shared channel of capacity 0 is refused") {
    CHECK_THROWS_AS(weir::mpsc_channel<int>(0), std::invalid_argument);
    CHECK_THROWS_AS(weir::mpmc_channel<int>(0), std::invalid_argument);
    CHECK_THROWS_AS(weir::mpsc_channel<std::string>(weir::bytes(0, length)), std::invalid_argument);
}

TEST_CASE("drop_oldest keeps the newest items, and counts") {
    auto [tx, rx] = weir::mpsc_channel<int>(3, weir::overflow::drop_oldest);
    for (int i = 0; i < 10; ++i) CHECK(tx.try_send(int(i)));
    CHECK(tx.dropped() == 7);
    CHECK(rx.dropped() == 7);
    CHECK(drain(rx) == std::vector{7, 8, 9});
}

TEST_CASE("drop_newest keeps the oldest items, and counts") {
    auto [tx, rx] = weir::mpsc_channel<int>(3, weir::overflow::drop_newest);
    for (int i = 0; i < 10; ++i) CHECK(tx.try_send(int(i)));
    CHECK(tx.dropped() == 7);
    CHECK(drain(rx) == std::vector{0, 1, 2});
    CHECK(rx.dropped() == 7);
}

TEST_CASE("fail fails the send that finds the channel full, and keeps its item") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<move_only>(1, weir::overflow::fail);
    move_only second(2);
    CHECK(tx.try_send(move_only(1)));
    CHECK_FALSE(tx.try_send(std::move(second)));
    auto failed = start_send_from(io, tx, second);
    settle(io);
    CHECK_THROWS_AS(failed->get(), weir::channel_full_error);
    CHECK(second.value() == 2);
    CHECK_THROWS_AS(tx.blocking_send(move_only(3)), weir::channel_full_error);
    CHECK(tx.dropped() == 0);
    CHECK(rx.try_receive()->value() == 1);
    auto sent = start_send_from(io, tx, second);
    settle(io);
    CHECK_NOTHROW(sent->get());
}

TEST_CASE("a pipeline into a full channel waits, drops or fails as the channel says") {
    using weir::overflow;
    for (const auto policy :
         {overflow::wait, overflow::drop_oldest, overflow::drop_newest, overflow::fail}) {
        CAPTURE(int(policy));
        asio::io_context io;
        auto [tx, rx] = weir::mpsc_channel<int>(4, policy);
        auto sending =
            start(io, weir::from_range(std::views::iota(0, 200)) | weir::into(std::move(tx)));
        settle(io);
        CHECK(sending->done == (policy != overflow::wait));
        CHECK(rx.size() == 4);
        std::vector<int> seen;
        auto collect = [&seen](int x) { seen.push_back(x); };
        auto receiving = start(io, std::move(rx) | weir::for_each(collect));
        settle(io);
        if (policy == overflow::fail) {
            CHECK_THROWS_AS(sending->get(), weir::channel_full_error);
            CHECK_THROWS_AS(receiving->get(), weir::channel_full_error);
        } else {
            CHECK_NOTHROW(sending->get());
            CHECK_NOTHROW(receiving->get());
        }
        if (policy == overflow::wait) CHECK(seen.size() == 200);
        if (policy == overflow::drop_oldest) CHECK(seen == std::vector{196, 197, 198, 199});
        if (policy == overflow::drop_newest) CHECK(seen == std::vector{0, 1, 2, 3});
        if (policy == overflow::fail) CHECK(seen == std::vector{0, 1, 2, 3});
    }
}

TEST_CASE("what is dropped is destroyed at once") {
    for (const auto policy : {weir::overflow::drop_oldest, weir::overflow::drop_newest}) {
        resource items;
        auto [tx, rx] = weir::mpsc_channel<std::unique_ptr<resource::hold>>(2, policy);
        for (int i = 0; i < 5; ++i) {
            tx.try_send(std::make_unique<resource::hold>(items.acquire()));
        }
        CHECK(items.held() == 2);
    }
}

TEST_CASE("a capacity in bytes counts what the items say they take") {
    auto [tx, rx] = weir::mpsc_channel<std::string>(weir::bytes(10, length));
    CHECK(tx.try_send("1234"));
    CHECK(tx.try_send("12345"));
    CHECK_FALSE(tx.try_send("12"));
    CHECK(tx.try_send("1"));
    CHECK(tx.used() == 10);
    CHECK(tx.size() == 3);
    CHECK_FALSE(tx.try_send(""));  // takes 1
    CHECK(*rx.try_receive() == "1234");
    CHECK(rx.used() == 6);
    CHECK(tx.try_send("1234"));
}

TEST_CASE("an item larger than everything goes alone, once the channel is empty") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<std::string>(weir::bytes(10, length));
    CHECK(tx.try_send("1"));
    auto other = tx;
    auto large = start_send(io, tx, std::string(100, 'x'));
    auto small = start_send(io, other, std::string("2"));
    settle(io);
    CHECK_FALSE(large->done);
    CHECK_FALSE(small->done);  // does not overtake
    CHECK(*rx.try_receive() == "1");
    settle(io);
    CHECK(large->done);
    CHECK_FALSE(small->done);
    CHECK_FALSE(rx.closed());
    CHECK(rx.try_receive()->size() == 100);
    settle(io);
    CHECK(small->done);
    CHECK(*rx.try_receive() == "2");
    CHECK(rx.used() == 0);
}

TEST_CASE("a pipeline sends items of any size through a channel that counts bytes") {
    for (const std::size_t most : {1u, 7u, 100u, 10'000u}) {
        CAPTURE(most);
        asio::io_context io;
        auto [tx, rx] = weir::mpsc_channel<std::string>(weir::bytes(most, length));
        auto word = [](int i) { return std::string(std::size_t(i * 7 % 23), char('a' + i % 26)); };
        auto words = weir::from_range(std::views::iota(0, 500)) | weir::map(word);
        auto sending = start(io, std::move(words) | weir::into(std::move(tx)));
        settle(io);
        CHECK((rx.used() <= most || rx.size() == 1));
        auto receiving = start(io, std::move(rx) | weir::to<std::vector>());
        settle(io);
        CHECK_NOTHROW(sending->get());
        auto seen = receiving->get();
        REQUIRE(seen.size() == 500);
        for (int i = 0; i < 500; ++i) CHECK(seen[std::size_t(i)] == word(i));
    }
}

TEST_CASE("a channel closes when its last sender is gone, and not before") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<int>(4);
    auto received = start(io, std::move(rx) | weir::to<std::vector>());
    std::optional second(tx);
    tx.try_send(1);
    tx.leave();
    CHECK_FALSE(tx.try_send(7));
    settle(io);
    CHECK_FALSE(received->done);
    second->try_send(2);
    second.reset();
    settle(io);
    CHECK(received->get() == std::vector{1, 2});
}

TEST_CASE("several pipelines into one channel: it ends with the last of them") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<int>(3);
    auto first = start(io, weir::from_range(std::views::iota(0, 100)) | weir::into(tx));
    auto second =
        start(io, weir::from_range(std::views::iota(100, 300)) | weir::into(std::move(tx)));
    auto received = start(io, std::move(rx) | weir::to<std::vector>());
    settle(io);
    CHECK_NOTHROW(first->get());
    CHECK_NOTHROW(second->get());
    auto seen = received->get();
    std::ranges::sort(seen);
    REQUIRE(seen.size() == 300);
    for (int i = 0; i < 300; ++i) CHECK(seen[std::size_t(i)] == i);
}

TEST_CASE("a pipeline that fails closes the channel for all with its error, after its items") {
    asio::io_context io;
    script<int> failing;
    script<int> waiting;
    auto [tx, rx] = weir::mpmc_channel<int>(8);
    auto other = rx;
    auto first = start(io, failing.stream() | weir::into(tx));
    auto second = start(io, waiting.stream() | weir::into(std::move(tx)));
    auto one = start(io, std::move(rx) | weir::count());
    auto two = start(io, std::move(other) | weir::count());
    failing.give({1, 2});
    settle(io);
    failing.fail(std::make_exception_ptr(sender_failed()));
    settle(io);
    CHECK_THROWS_AS(first->get(), sender_failed);
    CHECK_THROWS_AS(one->get(), sender_failed);  // each of them
    CHECK_THROWS_AS(two->get(), sender_failed);
    CHECK_NOTHROW(second->get());  // nobody wants more
    CHECK(waiting.held() == 0);
}

TEST_CASE("a pipeline that is cancelled does not look complete to the receiver") {
    asio::io_context io;
    asio::cancellation_signal stop;
    script<int> source;
    auto [tx, rx] = weir::mpsc_channel<int>(8);
    auto sending = start(io, source.stream() | weir::into(tx), stop.slot());
    auto receiving = start(io, std::move(rx) | weir::to<std::vector>());
    source.give({1, 2});
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(sending->aborted());
    CHECK(receiving->aborted());
    CHECK(tx.closed());
}

TEST_CASE("a silent pipeline ends when the last receiver goes away") {
    asio::io_context io;
    script<int> source;
    auto ends = weir::mpmc_channel<int>(8);
    auto sending = start(io, source.stream() | weir::into(std::move(ends.sender)));
    settle(io);
    {
        auto copy = ends.receiver;
        const auto gone = std::move(ends.receiver);
        settle(io);
        CHECK_FALSE(sending->done);
    }
    settle(io);
    CHECK_NOTHROW(sending->get());
    CHECK(source.held() == 0);
}

TEST_CASE("what nobody took is destroyed when the last receiver goes away") {
    resource items;
    auto ends = weir::mpsc_channel<std::unique_ptr<resource::hold>>(4);
    for (int i = 0; i < 3; ++i) {
        ends.sender.try_send(std::make_unique<resource::hold>(items.acquire()));
    }
    CHECK(items.held() == 3);
    {
        const auto gone = std::move(ends.receiver);
    }
    CHECK(items.held() == 0);
    CHECK(ends.sender.is_closed());
}

TEST_CASE("a pipeline that never waits shows its items at once") {
    asio::io_context io;
    script<int> source;
    auto [tx, rx] = weir::mpsc_channel<int>(100);
    auto sending = start(io, source.stream() | weir::into(tx));
    for (int i = 1; i <= 5; ++i) {
        source.give(i);
        settle(io);
        CHECK(rx.size() == std::size_t(i));
        CHECK(rx.used() == std::size_t(i));  // nothing stays reserved
    }
    CHECK_FALSE(sending->done);
}

TEST_CASE("a receiver that stops in the middle gives back the rest, in order") {
    asio::io_context io;
    auto [tx, rx] = weir::mpmc_channel<int>(400);
    for (int i = 0; i < 300; ++i) tx.try_send(int(i));
    tx.close();
    auto copy = rx;
    std::vector<int> seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    {
        const auto gone = std::move(copy);  // alone again: takes runs
    }
    for (const std::size_t n : {1u, 3u, 64u, 65u, 100u}) {
        // A receiver that is moved into a pipeline takes its place with it, so a pipeline that
        // stops early ends it: pull through a reference instead.
        std::size_t left = n;
        while (left-- != 0) {
            auto x = start_next(io, rx);
            settle(io);
            seen.push_back(x->get().value());
        }
        CHECK(rx.size() == 300 - seen.size());
    }
    auto rest = start(io, std::move(rx) | weir::for_each(collect));
    settle(io);
    CHECK_NOTHROW(rest->get());
    REQUIRE(seen.size() == 300);
    for (int i = 0; i < 300; ++i) CHECK(seen[std::size_t(i)] == i);
}

TEST_CASE("a pipeline that wants no more leaves the rest to the other receivers") {
    asio::io_context io;
    auto [tx, rx] = weir::mpmc_channel<int>(400);
    for (int i = 0; i < 300; ++i) tx.try_send(int(i));
    tx.close();
    auto copy = rx;
    auto first = run(io, std::move(copy) | weir::take(10) | weir::to<std::vector>());
    CHECK(first == std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(run(io, std::move(rx) | weir::count()) == 290);
}

TEST_CASE("senders that wait have their turns in the order they came") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<int>(1);
    tx.try_send(-1);
    std::vector<weir::shared_sender<int>> senders(5, tx);
    std::vector<std::shared_ptr<outcome<void>>> sent;
    for (int i = 0; i < 5; ++i) {
        sent.push_back(start_send(io, senders[std::size_t(i)], int(i)));
        settle(io);
    }
    CHECK(*rx.try_receive() == -1);
    CHECK_FALSE(tx.try_send(9));  // there is room, and somebody waits for it
    for (int i = 0; i < 5; ++i) {
        settle(io);
        CHECK(sent[std::size_t(i)]->done);
        CHECK(*rx.try_receive() == i);
    }
    CHECK(tx.try_send(9));
}

TEST_CASE("a sender whose turn it is sends a quantum before it waits behind the others") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<int>(1'000);
    auto first = spawn(io, send_from_task(tx, 0, 2'000));
    auto second = spawn(io, send_from_task(tx, 10'000, 2'000));
    settle(io);
    CHECK(rx.size() == 1'000);
    std::vector<int> seen;
    while (auto x = rx.try_receive()) seen.push_back(*x);
    settle(io);
    std::size_t lows = 0;
    while (auto x = rx.try_receive()) lows += *x < 10'000;
    // One quantum each in turn, so neither has taken all the room.
    CHECK(lows >= 400);
    CHECK(lows <= 600);
}

TEST_CASE("a waiting sender that is cancelled leaves its turn to the next") {
    asio::io_context io;
    auto [tx, rx] = weir::mpsc_channel<int>(1);
    tx.try_send(0);
    auto other = tx;
    asio::cancellation_signal stop;
    auto first = start_send(io, tx, 1, stop.slot());
    auto second = start_send(io, other, 2);
    settle(io);
    CHECK(*rx.try_receive() == 0);  // wakes the first
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK((first->aborted() || first->done));
    if (first->aborted()) CHECK(second->done);
    drain(rx);
    settle(io);
    CHECK(second->done);
}

TEST_CASE("a waiting receiver that is cancelled leaves its item to the next") {
    asio::io_context io;
    auto [tx, rx] = weir::mpmc_channel<int>(4);
    auto other = rx;
    asio::cancellation_signal stop;
    auto first = start_next(io, rx, stop.slot());
    auto second = start_next(io, other);
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    tx.try_send(1);  // wakes the first, which is cancelled before it comes to look
    settle(io);
    CHECK(first->aborted());
    CHECK(second->get() == 1);
}

TEST_CASE("a waiting end whose context is destroyed leaves its turn to the next") {
    asio::io_context io;
    auto [tx, rx] = weir::mpmc_channel<int>(1);
    auto other_rx = rx;
    auto other_tx = tx;
    std::shared_ptr<outcome<std::optional<int>>> second;
    {
        asio::io_context gone;
        auto first = start_next(gone, rx);
        settle(gone);
        second = start_next(io, other_rx);
        settle(io);
        tx.try_send(1);  // wakes the first
    }
    settle(io);
    CHECK(second->get() == 1);
    tx.try_send(2);
    std::shared_ptr<outcome<void>> sent;
    {
        asio::io_context gone;
        auto first = start_send(gone, tx, 3);
        settle(gone);
        sent = start_send(io, other_tx, 4);
        settle(io);
        CHECK(*rx.try_receive() == 2);
    }
    settle(io);
    CHECK(sent->done);
    CHECK(*rx.try_receive() == 4);
}

TEST_CASE("closing wakes all who wait, however many") {
    asio::io_context io;
    auto full = weir::mpmc_channel<int>(1);
    auto empty = weir::mpmc_channel<int>(1);
    full.sender.try_send(0);
    std::vector<weir::shared_sender<int>> senders(50, full.sender);
    std::vector<weir::shared_receiver<int>> receivers(50, empty.receiver);
    std::vector<std::shared_ptr<outcome<void>>> sends;
    std::vector<std::shared_ptr<outcome<std::optional<int>>>> receives;
    for (auto& tx : senders) sends.push_back(start_send(io, tx, 1));
    for (auto& rx : receivers) receives.push_back(start_next(io, rx));
    settle(io);
    full.sender.close();
    empty.sender.close();
    settle(io);
    for (auto& s : sends) CHECK_THROWS_AS(s->get(), weir::channel_closed_error);
    for (auto& r : receives) CHECK_FALSE(r->get().has_value());
}
