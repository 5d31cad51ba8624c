// Channels between plain threads, and between threads and tasks.

#include <weir/channel/blocking_view.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/runtime.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/items.hpp>

#include <chrono>
#include <exception>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace weir::testing;

namespace {

constexpr int count = 2'000;

struct sender_failed : std::runtime_error {
    sender_failed() : std::runtime_error("the sender has failed") {}
};

const auto long_ago = std::chrono::steady_clock::time_point();

template <class Sender>
asio::awaitable<void> send_numbers(Sender tx) {
    for (int i = 0; i < count; ++i) co_await tx.send(move_only(i));
}

}  // namespace

TEST_CASE_TEMPLATE("two threads send and receive, sleeping where they must", kind, CHANNEL_KINDS) {
    for (const std::size_t capacity : {1u, 2u, 64u}) {
        auto ends = kind::template make<move_only>(capacity);
        std::thread sending([tx = std::move(ends.sender)]() mutable {
            for (int i = 0; i < count; ++i) tx.blocking_send(move_only(i));
        });
        int next = 0;
        while (auto x = ends.receiver.blocking_receive()) CHECK(x->value() == next++);
        CHECK(next == count);
        sending.join();
    }
}

TEST_CASE_TEMPLATE("a range over a channel, for a thread", kind, CHANNEL_KINDS) {
    auto ends = kind::template make<move_only>(4);
    std::thread sending([tx = std::move(ends.sender)]() mutable {
        for (int i = 0; i < count; ++i) tx.blocking_send(move_only(i));
    });
    int next = 0;
    for (auto& x : weir::blocking_view(ends.receiver)) CHECK(x.value() == next++);
    CHECK(next == count);
    sending.join();
}

TEST_CASE_TEMPLATE("the range works with the standard's views, and takes no item too many", kind,
                   CHANNEL_KINDS) {
    using view = decltype(weir::blocking_view(
        std::declval<decltype(kind::template make<int>(1).receiver)&>()));
    static_assert(std::ranges::input_range<view>);
    static_assert(std::ranges::view<view>);
    auto [tx, rx] = kind::template make<int>(8);
    for (int i = 0; i < 6; ++i) tx.try_send(int(i));
    std::vector<int> seen;
    for (const int x : weir::blocking_view(rx) | std::views::take(3)) seen.push_back(x);
    CHECK(seen == std::vector{0, 1, 2});
    CHECK(rx.size() == 3);
}

TEST_CASE_TEMPLATE("the range throws the error after the items", kind, CHANNEL_KINDS) {
    auto [tx, rx] = kind::template make<int>(8);
    tx.try_send(1);
    tx.close(std::make_exception_ptr(sender_failed()));
    std::vector<int> seen;
    auto look = [&, &from = rx] {
        for (const int x : weir::blocking_view(from)) seen.push_back(x);
    };
    CHECK_THROWS_AS(look(), sender_failed);
    CHECK(seen == std::vector{1});
}

TEST_CASE_TEMPLATE("a thread receives what a task sends", kind, CHANNEL_KINDS) {
    weir::runtime tasks(1);
    auto ends = kind::template make<move_only>(3);
    asio::co_spawn(asio::make_strand(tasks.context()), send_numbers(std::move(ends.sender)),
                   asio::detached);
    int next = 0;
    while (auto x = ends.receiver.blocking_receive()) CHECK(x->value() == next++);
    CHECK(next == count);
}

TEST_CASE_TEMPLATE("a deadline that has passed leaves the item with the sender", kind,
                   CHANNEL_KINDS) {
    auto [tx, rx] = kind::template make<move_only>(1);
    move_only first(1);
    move_only second(2);
    CHECK(tx.blocking_send_until(std::move(first), long_ago));
    CHECK_FALSE(tx.blocking_send_until(std::move(second), long_ago));
    CHECK(second.value() == 2);
    CHECK(rx.blocking_receive_until(long_ago)->value() == 1);
    const auto nothing = rx.blocking_receive_until(long_ago);
    CHECK_FALSE(nothing);
    CHECK_FALSE(nothing.ended());
    CHECK(tx.blocking_send_until(std::move(second), long_ago));
    tx.close();
    CHECK(rx.blocking_receive_until(long_ago)->value() == 2);
    CHECK(rx.blocking_receive_until(long_ago).ended());
}

TEST_CASE_TEMPLATE("a blocked sender hears that its receiver has gone", kind, CHANNEL_KINDS) {
    auto ends = kind::template make<move_only>(1);
    ends.sender.blocking_send(move_only(1));
    std::thread leaving([rx = std::move(ends.receiver)] {});
    CHECK_THROWS_AS(ends.sender.blocking_send(move_only(2)), weir::channel_closed_error);
    leaving.join();
}

TEST_CASE_TEMPLATE("a blocked receiver hears that its sender has gone", kind, CHANNEL_KINDS) {
    auto ends = kind::template make<move_only>(1);
    std::thread leaving([tx = std::move(ends.sender)] {});
    CHECK_FALSE(ends.receiver.blocking_receive());
    leaving.join();
}
