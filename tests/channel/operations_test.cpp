// Sending and receiving item by item: what every kind of channel promises.

#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/items.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace weir::testing;

namespace {

struct sender_failed : std::runtime_error {
    sender_failed() : std::runtime_error("the sender has failed") {}
};

// Sends 0 to n - 1, each by its own await.
template <class Sender>
asio::awaitable<void> send_numbers(Sender tx, int n) {
    for (int i = 0; i < n; ++i) co_await tx.send(move_only(i));
}

template <class Receiver>
asio::awaitable<std::vector<int>> receive_all(Receiver rx) {
    std::vector<int> seen;
    while (auto x = co_await rx.receive()) seen.push_back(x->value());
    co_return seen;
}

std::vector<int> first_numbers(int n) {
    std::vector<int> v;
    for (int i = 0; i < n; ++i) v.push_back(i);
    return v;
}

}  // namespace

TEST_CASE_TEMPLATE("what is sent by awaiting is received by awaiting, in order", kind,
                   CHANNEL_KINDS) {
    for (const int n : {0, 1, 2, 3, 100, 1000}) {
        for (const std::size_t capacity : {1u, 2u, 64u}) {
            CAPTURE(n);
            CAPTURE(capacity);
            asio::io_context io;
            auto ends = kind::template make<move_only>(capacity);
            auto sent = spawn(io, send_numbers(std::move(ends.sender), n));
            auto got = spawn(io, receive_all(std::move(ends.receiver)));
            settle(io);
            CHECK_NOTHROW(sent->get());
            CHECK(got->get() == first_numbers(n));
        }
    }
}

TEST_CASE_TEMPLATE("try_receive tells an item, nothing yet, and the end", kind, CHANNEL_KINDS) {
    auto [tx, rx] = kind::template make<move_only>(2);
    CHECK_FALSE(rx.try_receive());
    CHECK_FALSE(rx.try_receive().ended());
    tx.try_send(move_only(1));
    auto x = rx.try_receive();
    REQUIRE(x);
    CHECK(x->value() == 1);
    CHECK_FALSE(x.ended());
    tx.try_send(move_only(2));
    tx.close();
    CHECK(rx.closed());
    CHECK((*rx.try_receive()).value() == 2);
    CHECK(rx.try_receive().ended());
    CHECK(rx.try_receive().ended());
}

TEST_CASE_TEMPLATE("a channel tells its size and its capacity at both ends", kind, CHANNEL_KINDS) {
    auto [tx, rx] = kind::template make<int>(3);
    CHECK(tx.capacity() == 3);
    CHECK(rx.capacity() == 3);
    for (int i = 0; i < 3; ++i) {
        CHECK(rx.size() == std::size_t(i));
        CHECK(tx.try_send(int(i)));
        CHECK(tx.size() == std::size_t(i) + 1);
    }
    CHECK_FALSE(tx.try_send(4));
    CHECK(*rx.try_receive() == 0);
    CHECK(rx.size() == 2);
    CHECK(tx.size() == 2);
    CHECK(tx.try_send(5));
}

TEST_CASE_TEMPLATE("a send waits while the channel is full", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto [tx, rx] = kind::template make<move_only>(1);
    auto first = start_send(io, tx, move_only(1));
    settle(io);
    CHECK_NOTHROW(first->get());
    auto second = start_send(io, tx, move_only(2));
    settle(io);
    CHECK_FALSE(second->done);
    CHECK(rx.try_receive()->value() == 1);
    settle(io);
    CHECK_NOTHROW(second->get());
    CHECK(rx.try_receive()->value() == 2);
}

TEST_CASE_TEMPLATE("a send to nobody fails, whether it waits or not", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto ends = kind::template make<move_only>(1);
    auto& tx = ends.sender;
    tx.try_send(move_only(0));
    auto waiting = start_send(io, tx, move_only(1));
    settle(io);
    CHECK_FALSE(waiting->done);
    {
        const auto gone = std::move(ends.receiver);
    }
    settle(io);
    CHECK_THROWS_AS(waiting->get(), weir::channel_closed_error);
    auto late = start_send(io, tx, move_only(2));
    settle(io);
    CHECK_THROWS_AS(late->get(), weir::channel_closed_error);
}

TEST_CASE_TEMPLATE("closing fails a send that waits, and the receiver drains", kind,
                   CHANNEL_KINDS) {
    asio::io_context io;
    auto [tx, rx] = kind::template make<move_only>(1);
    tx.try_send(move_only(0));
    auto waiting = start_send(io, tx, move_only(1));
    settle(io);
    tx.close();
    settle(io);
    CHECK_THROWS_AS(waiting->get(), weir::channel_closed_error);
    CHECK(tx.closed());
    CHECK(rx.try_receive()->value() == 0);
    CHECK(rx.try_receive().ended());
    CHECK_FALSE(tx.try_send(move_only(2)));
    auto late = start_send(io, tx, move_only(3));
    settle(io);
    CHECK_THROWS_AS(late->get(), weir::channel_closed_error);
}

TEST_CASE_TEMPLATE("closing wakes a receive that waits", kind, CHANNEL_KINDS) {
    for (const bool with_error : {false, true}) {
        asio::io_context io;
        auto [tx, rx] = kind::template make<move_only>(1);
        auto waiting = start_next(io, rx);
        settle(io);
        CHECK_FALSE(waiting->done);
        tx.close(with_error ? std::make_exception_ptr(sender_failed()) : nullptr);
        settle(io);
        if (with_error) {
            CHECK_THROWS_AS(waiting->get(), sender_failed);
        } else {
            CHECK_FALSE(waiting->get().has_value());
        }
        CHECK(rx.try_receive().ended());
        auto again = start_next(io, rx);
        settle(io);
        CHECK_FALSE(again->get().has_value());
    }
}

TEST_CASE_TEMPLATE("an error is received once, after the items, each way", kind, CHANNEL_KINDS) {
    for (int way = 0; way < 4; ++way) {
        CAPTURE(way);
        asio::io_context io;
        auto [tx, rx] = kind::template make<int>(4);
        tx.try_send(1);
        tx.try_send(2);
        tx.close(std::make_exception_ptr(sender_failed()));
        std::vector<int> some;
        auto take = [&, &from = rx] {
            if (way == 0) return from.try_receive().has_value();
            if (way == 1) return from.blocking_receive().has_value();
            if (way == 2) {
                auto x = start_next(io, from);
                settle(io);
                return x->get().has_value();
            }
            auto n = start_receive_some(io, from, some, 1);
            settle(io);
            return n->get() == 1;
        };
        CHECK(take());
        CHECK(take());
        CHECK_THROWS_AS(take(), sender_failed);
        CHECK_FALSE(take());
    }
}

TEST_CASE_TEMPLATE("receive_some takes what is there, and one at least", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto [tx, rx] = kind::template make<int>(8);
    std::vector<int> got{-1};
    auto waiting = start_receive_some(io, rx, got, 4);
    settle(io);
    CHECK_FALSE(waiting->done);
    tx.try_send(0);
    settle(io);
    CHECK(waiting->get() == 1);
    for (int i = 1; i < 8; ++i) tx.try_send(int(i));
    auto four = start_receive_some(io, rx, got, 4);
    settle(io);
    CHECK(four->get() == 4);
    CHECK(rx.size() == 3);
    auto rest = start_receive_some(io, rx, got, 100);
    settle(io);
    CHECK(rest->get() == 3);
    CHECK(got == std::vector{-1, 0, 1, 2, 3, 4, 5, 6, 7});
    auto none = start_receive_some(io, rx, got, 0);
    settle(io);
    CHECK(none->get() == 0);
    auto last = start_receive_some(io, rx, got, 3);
    settle(io);
    CHECK_FALSE(last->done);
    tx.close();
    settle(io);
    CHECK(last->get() == 0);
}

TEST_CASE_TEMPLATE("a cancelled send has put nothing, and its owner may keep the item", kind,
                   CHANNEL_KINDS) {
    asio::io_context io;
    auto [tx, rx] = kind::template make<move_only>(1);
    tx.try_send(move_only(0));
    asio::cancellation_signal stop;
    move_only mine(7);
    auto waiting = start_send_from(io, tx, mine, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    CHECK(rx.try_receive()->value() == 0);  // room, after the cancellation was asked for
    settle(io);
    CHECK(waiting->aborted());
    CHECK(mine.value() == 7);
    CHECK_FALSE(rx.try_receive());
    auto again = start_send_from(io, tx, mine);
    settle(io);
    CHECK_NOTHROW(again->get());
    CHECK(mine.value() == -1);
    CHECK(rx.try_receive()->value() == 7);
}

TEST_CASE_TEMPLATE("a cancelled receive has taken nothing", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto [tx, rx] = kind::template make<move_only>(2);
    asio::cancellation_signal stop;
    auto waiting = start_next(io, rx, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    tx.try_send(move_only(1));
    settle(io);
    CHECK(waiting->aborted());
    CHECK(rx.try_receive()->value() == 1);
}
