// The channel as a part of its own: capacity, order, ends and errors.

#include <weir/channel/channel.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/into.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/resource.hpp>

#include <doctest/doctest.h>
#include <support/items.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

template <class T>
std::vector<int> values(const std::vector<T>& items) {
    std::vector<int> v;
    for (const T& x : items) v.push_back(x.value());
    return v;
}

struct channel_failure : std::runtime_error {
    channel_failure() : std::runtime_error("the sender has failed") {}
};

}  // namespace

TEST_CASE("a channel holds exactly as many items as it was made for") {
    for (const std::size_t capacity : {1u, 2u, 3u, 5u, 64u, 1000u}) {
        CAPTURE(capacity);
        auto [to, from] = weir::channel<std::size_t>(capacity);
        for (std::size_t i = 0; i < capacity; ++i) CHECK(to.try_send(std::size_t(i)));
        CHECK_FALSE(to.try_send(0));
        asio::io_context io;
        // One more for each that is taken, at the latest when what was released by quarters is all.
        for (std::size_t i = 0; i < capacity; ++i) {
            auto item = start_next(io, from);
            settle(io);
            CHECK(item->get() == i);
        }
        auto waiting = start_next(io, from);
        settle(io);
        CHECK_FALSE(waiting->done);
        std::size_t sent = 0;
        while (to.try_send(std::size_t(sent))) ++sent;
        CHECK(sent == capacity);
        settle(io);
        CHECK(waiting->get() == 0);
    }
}

TEST_CASE("a channel of capacity 0 is refused") {
    CHECK_THROWS_AS(weir::channel<int>(0), std::invalid_argument);
}

TEST_CASE("an item that does not fit stays with the sender") {
    auto [to, from] = weir::channel<move_only>(1);
    move_only first(1);
    move_only second(2);
    CHECK(to.try_send(std::move(first)));
    CHECK_FALSE(to.try_send(std::move(second)));
    CHECK(second.value() == 2);
}

TEST_CASE("items come out in order, and after close the receiver drains and sees the end") {
    auto [to, from] = weir::channel<move_only>(3);
    for (int i = 0; i < 3; ++i) CHECK(to.try_send(move_only(i)));
    to.close();
    CHECK_FALSE(to.try_send(move_only(4)));
    CHECK(values(run(std::move(from) | weir::to<std::vector>())) == std::vector{0, 1, 2});
}

TEST_CASE("after close with an error the receiver drains and sees the error") {
    auto [to, from] = weir::channel<int>(3);
    to.try_send(1);
    to.try_send(2);
    to.close(std::make_exception_ptr(channel_failure()));
    std::vector<int> seen;
    auto collect = [&seen](int x) { seen.push_back(x); };
    CHECK_THROWS_AS(run(std::move(from) | weir::for_each(collect)), channel_failure);
    CHECK(seen == std::vector{1, 2});
}

TEST_CASE("closing wakes a receiver that waits") {
    for (const bool with_error : {false, true}) {
        asio::io_context io;
        auto [to, from] = weir::channel<int>(3);
        auto result = start(io, std::move(from) | weir::count());
        settle(io);
        CHECK_FALSE(result->done);
        to.close(with_error ? std::make_exception_ptr(channel_failure()) : nullptr);
        settle(io);
        CHECK(result->done);
        CHECK(static_cast<bool>(result->error) == with_error);
    }
}

TEST_CASE("a sender that is destroyed closes its channel") {
    asio::io_context io;
    auto ends = weir::channel<int>(3);
    auto result = start(io, std::move(ends.receiver) | weir::count());
    {
        const auto to = std::move(ends.sender);
        settle(io);
        CHECK_FALSE(result->done);
    }
    settle(io);
    CHECK(result->get() == 0);
}

TEST_CASE("assigning to a sender closes the channel it had") {
    auto first = weir::channel<int>(1);
    auto second = weir::channel<int>(1);
    first.sender.try_send(1);
    first.sender = std::move(second.sender);
    CHECK(run(std::move(first.receiver) | weir::count()) == 1);
    CHECK(first.sender.try_send(2));
    first.sender.close();
    CHECK(run(std::move(second.receiver) | weir::count()) == 1);
}

TEST_CASE("a sender whose receiver is gone is told") {
    auto ends = weir::channel<int>(3);
    CHECK_FALSE(ends.sender.is_closed());
    {
        const auto dropped = std::move(ends.receiver);
    }
    CHECK(ends.sender.is_closed());
    CHECK_FALSE(ends.sender.try_send(1));
}

TEST_CASE("items that need no default value and cannot be copied cross a channel") {
    auto plain = weir::channel<no_default>(2);
    CHECK(plain.sender.try_send(no_default(7)));
    plain.sender.close();
    CHECK(values(run(std::move(plain.receiver) | weir::to<std::vector>())) == std::vector{7});
    auto pointers = weir::channel<std::unique_ptr<int>>(2);
    CHECK(pointers.sender.try_send(std::make_unique<int>(8)));
    pointers.sender.close();
    CHECK(*run(std::move(pointers.receiver) | weir::to<std::vector>()).at(0) == 8);
}

TEST_CASE("items that nobody took are destroyed with the channel") {
    resource items;
    for (const bool receiver_first : {false, true}) {
        std::optional ends(weir::channel<resource::hold>(8));
        for (int i = 0; i < 5; ++i) ends->sender.try_send(items.acquire());
        asio::io_context io;
        auto item = start_next(io, ends->receiver);
        settle(io);
        CHECK(item->get().has_value());
        CHECK(items.held() == 4);
        if (receiver_first) {
            {
                const auto gone = std::move(ends->receiver);
            }
            ends.reset();
        } else {
            ends->sender.close();
            ends.reset();
        }
        CHECK(items.held() == 0);
    }
}

TEST_CASE("a sender in a pipeline waits while the channel is full") {
    asio::io_context io;
    auto [to, from] = weir::channel<int>(2);
    auto sending = start(io, weir::from_range(std::views::iota(0, 5)) | weir::into(std::move(to)));
    settle(io);
    CHECK_FALSE(sending->done);
    auto received = start(io, std::move(from) | weir::to<std::vector>());
    settle(io);
    CHECK_NOTHROW(sending->get());
    CHECK(received->get() == std::vector{0, 1, 2, 3, 4});
}

TEST_CASE("a cancelled receive has taken nothing") {
    asio::io_context io;
    auto [to, from] = weir::channel<int>(2);
    asio::cancellation_signal stop;
    auto waiting = start_next(io, from, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    to.try_send(1);  // after the cancellation was asked for, before it is dealt with
    settle(io);
    CHECK(waiting->aborted());
    auto next = start_next(io, from);
    settle(io);
    CHECK(next->get() == 1);
}
