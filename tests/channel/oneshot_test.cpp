// The reply to a request: one value, once, and nothing that looks like one.

#include <weir/channel/oneshot.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/expect.hpp>
#include <weir/testing/for_seeds.hpp>
#include <weir/testing/resource.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>
#include <support/allocation_count.hpp>
#include <support/items.hpp>
#include <support/sanitized.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

struct no_answer : std::runtime_error {
    no_answer() : std::runtime_error("there is no answer") {}
};

template <class T>
void let_go(T) {}

// For items without a default value, which `co_spawn` asks for.
template <class T>
asio::awaitable<int> value_of(weir::oneshot_receiver<T>& from) {
    const T value = co_await from.receive();
    co_return value.value();
}

// Receives with a completion token that records.
template <class Context, class T>
auto start_receive(Context& ctx, weir::oneshot_receiver<T>& from,
                   asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<T>>();
    from.async_receive(record(ctx, result, slot));
    return result;
}

}  // namespace

TEST_CASE("a value sent before it is asked for is received in every way") {
    asio::io_context io;
    SUBCASE("by a coroutine") {
        auto [reply, answer] = weir::oneshot<move_only>();
        CHECK(std::move(reply).send(move_only(7)));
        CHECK(run_task(io, value_of(answer)) == 7);
    }
    SUBCASE("with a token") {
        auto [reply, answer] = weir::oneshot<std::string>();
        CHECK(std::move(reply).send("seven"));
        auto got = start_receive(io, answer);
        settle(io);
        CHECK(got->get() == "seven");
    }
    SUBCASE("by a thread") {
        auto [reply, answer] = weir::oneshot<move_only>();
        CHECK(std::move(reply).send(move_only(7)));
        CHECK(answer.blocking_receive().value() == 7);
    }
    SUBCASE("by a look") {
        auto [reply, answer] = weir::oneshot<move_only>();
        CHECK_FALSE(answer.try_receive());
        CHECK(std::move(reply).send(move_only(7)));
        CHECK(answer.try_receive()->value() == 7);
    }
    SUBCASE("as a stream of one") {
        auto [reply, answer] = weir::oneshot<move_only>();
        CHECK(std::move(reply).send(move_only(7)));
        const auto all = run(io, std::move(answer) | weir::to<std::vector>());
        REQUIRE(all.size() == 1);
        CHECK(all[0].value() == 7);
    }
}

TEST_CASE("a value sent later wakes whoever waits") {
    asio::io_context io;
    SUBCASE("a coroutine") {
        auto [reply, answer] = weir::oneshot<no_default>();
        auto got = spawn(io, value_of(answer));
        settle(io);
        CHECK_FALSE(got->done);
        CHECK(std::move(reply).send(no_default(7)));
        settle(io);
        CHECK(got->get() == 7);
    }
    SUBCASE("a handler") {
        auto [reply, answer] = weir::oneshot<int>();
        auto got = start_receive(io, answer);
        settle(io);
        CHECK_FALSE(got->done);
        CHECK(std::move(reply).send(7));
        settle(io);
        CHECK(got->get() == 7);
    }
    SUBCASE("a stream") {
        auto [reply, answer] = weir::oneshot<int>();
        auto got = start(io, std::move(answer) | weir::to<std::vector>());
        settle(io);
        CHECK_FALSE(got->done);
        CHECK(std::move(reply).send(7));
        settle(io);
        CHECK(got->get() == std::vector{7});
    }
    SUBCASE("a thread") {
        auto ends = weir::oneshot<move_only>();
        std::thread sender([&ends] { std::move(ends.sender).send(move_only(7)); });
        CHECK(ends.receiver.blocking_receive().value() == 7);
        sender.join();
    }
}

TEST_CASE("a lost reply never looks like a value nor like an empty stream") {
    asio::io_context io;
    SUBCASE("lost before it is asked for") {
        auto [reply, answer] = weir::oneshot<int>();
        let_go(std::move(reply));
        CHECK_THROWS_AS(answer.try_receive(), weir::channel_closed_error);
        CHECK_THROWS_AS(answer.blocking_receive(), weir::channel_closed_error);
        CHECK_THROWS_AS(run_task(io, answer.receive()), weir::channel_closed_error);
        CHECK_THROWS_AS(run(io, std::move(answer) | weir::to<std::vector>()),
                        weir::channel_closed_error);
    }
    SUBCASE("lost while somebody waits") {
        auto [reply, answer] = weir::oneshot<int>();
        auto got = start_receive(io, answer);
        settle(io);
        let_go(std::move(reply));
        settle(io);
        CHECK_THROWS_AS(got->get(), weir::channel_closed_error);
    }
    SUBCASE("assigned over") {
        auto [reply, answer] = weir::oneshot<int>();
        reply = weir::oneshot<int>().sender;
        CHECK_THROWS_AS(answer.try_receive(), weir::channel_closed_error);
    }
}

TEST_CASE("an error sent in the value's place is thrown to the receiver") {
    asio::io_context io;
    auto [reply, answer] = weir::oneshot<int>();
    auto got = start_receive(io, answer);
    settle(io);
    CHECK(std::move(reply).fail(std::make_exception_ptr(no_answer())));
    settle(io);
    CHECK_THROWS_AS(got->get(), no_answer);
    CHECK_THROWS_AS(answer.try_receive(), weir::channel_closed_error);
}

TEST_CASE("what has been received is not received again") {
    asio::io_context io;
    auto [reply, answer] = weir::oneshot<int>();
    std::move(reply).send(7);
    CHECK(answer.try_receive() == 7);
    CHECK_THROWS_AS(answer.try_receive(), weir::channel_closed_error);
    auto next = start_next(io, answer);
    settle(io);
    CHECK(next->get() == std::nullopt);
}

TEST_CASE("a stream of one that is paused on its item ends with the next poll") {
    asio::io_context io;
    auto [reply, answer] = weir::oneshot<int>();
    std::move(reply).send(7);
    for (const auto expected : {std::optional(7), std::optional<int>(), std::optional<int>()}) {
        auto next = start_next(io, answer);
        settle(io);
        CHECK(next->get() == expected);
    }
}

TEST_CASE("a value for a receiver that is gone stays with the sender") {
    auto [reply, answer] = weir::oneshot<move_only>();
    CHECK_FALSE(reply.is_closed());
    let_go(std::move(answer));
    CHECK(reply.is_closed());
    move_only value(7);
    CHECK_FALSE(std::move(reply).send(std::move(value)));
    CHECK(value.value() == 7);
    CHECK_FALSE(std::move(reply).send(std::move(value)));  // used up
    CHECK_FALSE(std::move(reply).fail(std::make_exception_ptr(no_answer())));
}

TEST_CASE("a sender can wait for the one who asked to go away") {
    asio::io_context io;
    for (const bool as_coroutine : {false, true}) {
        auto ends = std::make_unique<weir::oneshot_ends<int>>(weir::oneshot<int>());
        auto& reply = ends->sender;
        std::optional answer(std::move(ends->receiver));
        auto gone = std::make_shared<outcome<void>>();
        if (as_coroutine) {
            gone = spawn(io, reply.closed());
        } else {
            reply.async_closed(record(io, gone));
        }
        settle(io);
        CHECK_FALSE(gone->done);
        answer.reset();
        settle(io);
        CHECK_NOTHROW(gone->get());
        auto again = spawn(io, reply.closed());
        settle(io);
        CHECK(again->done);
    }
}

TEST_CASE("a cancelled wait for the receiver to go leaves the sender as it was") {
    asio::io_context io;
    auto [reply, answer] = weir::oneshot<int>();
    asio::cancellation_signal stop;
    auto gone = std::make_shared<outcome<void>>();
    reply.async_closed(record(io, gone, stop.slot()));
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(gone->aborted());
    CHECK(std::move(reply).send(7));
    CHECK(answer.try_receive() == 7);
}

TEST_CASE("a cancelled receive of a oneshot has taken nothing") {
    asio::io_context io;
    auto [reply, answer] = weir::oneshot<int>();
    asio::cancellation_signal stop;
    auto waiting = start_receive(io, answer, stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    std::move(reply).send(7);  // after the cancellation was asked for, before it is dealt with
    settle(io);
    CHECK(waiting->aborted());
    auto again = start_receive(io, answer);
    settle(io);
    CHECK(again->get() == 7);
}

TEST_CASE("a thread that has waited in vain may wait again") {
    auto [reply, answer] = weir::oneshot<int>();
    CHECK_FALSE(answer.blocking_receive_until(std::chrono::steady_clock::now()));
    std::move(reply).send(7);
    CHECK(answer.blocking_receive_until(std::chrono::steady_clock::now()) == 7);
}

TEST_CASE("a value that nobody took is destroyed with the receiver") {
    resource values;
    auto [reply, answer] = weir::oneshot<resource::hold>();
    std::move(reply).send(values.acquire());
    CHECK(values.held() == 1);
    let_go(std::move(answer));
    CHECK(values.held() == 0);
}

TEST_CASE("a receiver that waits is freed with its context") {
    resource values;
    auto ends = weir::oneshot<resource::hold>();
    {
        asio::io_context io;
        auto waiting = start(io, std::move(ends.receiver) | weir::to<std::vector>());
        settle(io);
        CHECK_FALSE(ends.sender.is_closed());
    }
    CHECK(ends.sender.is_closed());
}

#if WEIR_COUNTS_ALLOCATIONS
TEST_CASE("a oneshot is one allocation, and sending and receiving none") {
    const auto before = allocation_count();
    auto [reply, answer] = weir::oneshot<int>();
    CHECK(allocation_count() - before == 1);
    std::move(reply).send(7);
    CHECK(answer.blocking_receive() == 7);
    CHECK(allocation_count() - before == 1);
}
#endif

TEST_CASE("in every order of send, receive, cancel and leave a oneshot keeps its promise") {
    for_seeds(1'000, [](seeded_context& ctx) {
        resource values;
        auto ends = weir::oneshot<std::shared_ptr<resource::hold>>();
        std::optional reply(std::move(ends.sender));
        auto answer = std::make_unique<decltype(ends.receiver)>(std::move(ends.receiver));
        asio::cancellation_signal stop;
        const auto what = ctx.random().below(3);  // to send, to fail, to go away
        bool sent = false;
        auto gone = std::make_shared<outcome<void>>();
        if (ctx.random().one_in(2)) reply->async_closed(record(ctx, gone));
        auto first = start_receive(ctx, *answer, stop.slot());
        asio::post(ctx, [&] {
            if (what == 0) {
                auto value = std::make_shared<resource::hold>(values.acquire());
                sent = std::move(*reply).send(std::move(value));
            } else if (what == 1) {
                sent = std::move(*reply).fail(std::make_exception_ptr(no_answer()));
            } else {
                reply.reset();
                sent = true;
            }
        });
        asio::post(ctx, [&] { stop.emit(asio::cancellation_type::terminal); });
        ctx.settle();
        expect(sent && first->done, "nobody is stuck");
        auto last = first;
        if (first->aborted()) {
            last = start_receive(ctx, *answer);
            ctx.settle();
        }
        try {
            expect(last->get() != nullptr && what == 0, "the value comes if it was sent");
        } catch (const no_answer&) {
            expect(what == 1, "the error comes if it was sent");
        } catch (const weir::channel_closed_error&) {
            expect(what == 2, "a lost reply is told");
        }
        first.reset();
        last.reset();
        answer.reset();
        expect(values.held() == 0, "nothing is left of the value");
    });
}

TEST_CASE("sender and receiver on two threads, in any order, lose nothing and hang nowhere") {
    for (std::uint64_t round = 0; round < 20'000 / slower_when_sanitized; ++round) {
        resource values;
        auto ends = weir::oneshot<resource::hold>();
        const bool receiver_leaves = round % 3 == 0;
        std::thread other([&ends, &values, round] {
            auto reply = std::move(ends.sender);
            if (round % 5 != 0) std::move(reply).send(values.acquire());
        });
        {
            auto answer = std::move(ends.receiver);
            if (!receiver_leaves) {
                bool lost = false;
                try {
                    answer.blocking_receive();
                } catch (const weir::channel_closed_error&) {
                    lost = true;
                }
                CHECK(lost == (round % 5 == 0));
            }
        }
        other.join();
        CHECK(values.held() == 0);
    }
}

TEST_CASE("a pipeline's receiver and a thread's sender meet at any moment") {
    weir::runtime threads(2);
    for (std::uint64_t round = 0; round < 5'000 / slower_when_sanitized; ++round) {
        auto ends = weir::oneshot<std::uint64_t>();
        auto got = asio::co_spawn(threads.context(), ends.receiver.receive(), asio::use_future);
        std::thread other([reply = std::move(ends.sender), round]() mutable {
            std::move(reply).send(std::uint64_t(round));
        });
        CHECK(got.get() == round);
        other.join();
    }
}
