// Broken elsewhere, each in a channel that people use: closing it leaves a blocked sender asleep;
// after a cancelled receive it is of no use any more; closing it throws away what was sent.

#include <weir/channel/channel_closed.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>

#include <channel/kinds.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;

TEST_CASE_TEMPLATE("closing a channel wakes a sender that waits for room", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto ends = kind::template make<int>(1);
    CHECK(ends.sender.try_send(1));
    auto waits = start_send(io, ends.sender, 2);
    settle(io);
    CHECK_FALSE(waits->done);
    ends.sender.close();
    settle(io);
    CHECK_THROWS_AS(waits->get(), weir::channel_closed_error);
}

TEST_CASE_TEMPLATE("a receiver that goes wakes a sender that waits for room", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto ends = kind::template make<int>(1);
    CHECK(ends.sender.try_send(1));
    auto waits = start_send(io, ends.sender, 2);
    settle(io);
    CHECK_FALSE(waits->done);
    {
        auto gone = std::move(ends.receiver);
    }
    settle(io);
    CHECK_THROWS_AS(waits->get(), weir::channel_closed_error);
}

TEST_CASE_TEMPLATE("a thread that is blocked in a send is woken when nobody receives any more",
                   kind, CHANNEL_KINDS) {
    auto ends = kind::template make<int>(1);
    CHECK(ends.sender.try_send(1));
    bool refused = false;
    std::thread blocked([&] {
        try {
            ends.sender.blocking_send(2);
        } catch (const weir::channel_closed_error&) {
            refused = true;
        }
    });
    {
        auto gone = std::move(ends.receiver);
    }
    blocked.join();
    CHECK(refused);
}

TEST_CASE_TEMPLATE("a channel works after a cancelled receive, also several", kind, CHANNEL_KINDS) {
    asio::io_context io;
    auto ends = kind::template make<int>(2);
    for (int round = 0; round < 10; ++round) {
        asio::cancellation_signal stop;
        auto given_up = start_next(io, ends.receiver, stop.slot());
        settle(io);
        CHECK_FALSE(given_up->done);
        stop.emit(asio::cancellation_type::terminal);
        settle(io);
        CHECK(given_up->aborted());

        auto waits = start_next(io, ends.receiver);
        settle(io);
        CHECK_FALSE(waits->done);
        CHECK(ends.sender.try_send(int(round)));
        settle(io);
        CHECK(waits->get() == round);
    }
}

TEST_CASE_TEMPLATE("closing keeps what was sent, with an error and without", kind, CHANNEL_KINDS) {
    for (const bool failed : {false, true}) {
        CAPTURE(failed);
        asio::io_context io;
        auto ends = kind::template make<int>(4);
        for (int i = 0; i < 4; ++i) CHECK(ends.sender.try_send(int(i)));
        ends.sender.close(failed ? std::make_exception_ptr(std::runtime_error("torn")) : nullptr);
        for (int i = 0; i < 4; ++i) {
            auto item = start_next(io, ends.receiver);
            settle(io);
            CHECK(item->get() == i);
        }
        auto last = start_next(io, ends.receiver);
        settle(io);
        if (failed) {
            CHECK_THROWS_WITH(last->get(), "torn");
        } else {
            CHECK(last->get() == std::nullopt);
        }
    }
}
