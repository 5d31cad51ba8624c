// tcp::receive: backpressure, drains, threads.

#include <weir/connectors/tcp/receive.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <list>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using weir::tcp::connection_change;

namespace {

/// Lines of the numbers from `first` on, `count` of them.
std::string lines(int first, int count) {
    std::string text;
    for (int i = 0; i != count; ++i) text += std::to_string(first + i) + '\n';
    return text;
}

/// Waits for the next item of `numbers`; nothing at the end.
template <class Numbers>
std::optional<int> next_of(asio::io_context& io, Numbers& numbers) {
    auto item = start_next(io, numbers);
    REQUIRE(run_until(io, [&] { return item->done; }));
    return item->get();
}

}  // namespace

TEST_CASE("a consumer that stops makes the clients' sends block, and nothing is lost") {
    asio::io_context io;
    weir::tcp::listener port(io.get_executor());
    peer client(port.local());
    auto numbers = weir::tcp::receive<number_lines>(std::move(port));
    client.send(lines(0, 100));
    REQUIRE(next_of(io, numbers) == 0);

    std::size_t sent = 100;
    std::string left;
    while (sent < 100'000'000) {
        const std::string more = lines(static_cast<int>(sent), 10'000);
        const std::size_t taken = client.send_some(more);
        settle(io);
        sent += 10'000;
        left = more.substr(taken);
        if (!left.empty()) break;
    }
    REQUIRE_FALSE(left.empty());  // the send would have blocked

    // Now it is consumed again, and all comes in order.
    std::thread sender([&] {
        client.send(left);
        client.close();
    });
    std::size_t seen = 1;
    std::size_t wrong = 0;
    auto check = weir::for_each([&](int x) { wrong += static_cast<std::size_t>(x) != seen++; });
    auto rest = start(io, std::move(numbers) | std::move(check));
    CHECK(run_until(io, [&] { return seen == sent; }));
    sender.join();
    CHECK(wrong == 0);
}

TEST_CASE("a consumer that takes one at a time gets all of a block, also after a drain") {
    asio::io_context io;
    std::stop_source stop;
    event_book book;
    weir::tcp::receive_options options;
    options.on_event = book.listener();
    weir::tcp::listener port(io.get_executor());
    const auto where = port.local();
    auto numbers = weir::tcp::receive<number_lines>(std::move(port), options) |
                   weir::take_until(stop.get_token());
    peer client(where);
    client.send("0\n1\n2\n3\n");
    REQUIRE(next_of(io, numbers) == 0);
    peer late(where);  // not accepted yet
    late.send("10\n");
    client.send("4\n5");
    stop.request_stop();
    std::vector<int> rest;
    while (const auto x = next_of(io, numbers)) rest.push_back(*x);
    std::ranges::sort(rest);  // the two clients may come in any order
    CHECK(rest == std::vector{1, 2, 3, 4, 10});
    CHECK(book.the(connection_change::fault).message == "cut off");
    CHECK(book.count(connection_change::closed) == 2);
    CHECK(client.read_all().empty());
    CHECK_THROWS_AS(peer{where}, asio::system_error);
}

TEST_CASE("a drain ends a stream that waits, with no client and with idle ones") {
    for (const bool idle : {false, true}) {
        asio::io_context io;
        std::stop_source stop;
        weir::tcp::listener port(io.get_executor());
        const auto where = port.local();
        auto numbers =
            weir::tcp::receive<number_lines>(std::move(port)) | weir::take_until(stop.get_token());
        std::optional<peer> client;
        if (idle) client.emplace(where);
        auto item = start_next(io, numbers);
        settle(io);
        REQUIRE_FALSE(item->done);
        stop.request_stop();
        REQUIRE(run_until(io, [&] { return item->done; }));
        CHECK(item->get() == std::nullopt);
    }
}

TEST_CASE("a source behind receive counts the faults of its clients as rejected") {
    asio::io_context io;
    weir::pipeline p("service", io.get_executor());
    weir::tcp::listener port(io.get_executor());
    peer client(port.local());
    std::vector<int> seen;
    p.add("receive", weir::tcp::receive<number_lines>(std::move(port)) | p.source("tcp") |
                         weir::for_each([&](int x) { seen.push_back(x); }));
    bool over = false;
    p.run([&](const std::exception_ptr&) { over = true; });
    client.send("1\nnone\n2\n3x\n4\n");
    REQUIRE(run_until(io, [&] { return seen.size() == 3; }));
    p.drain(std::chrono::minutes(1), [](const std::exception_ptr&, const weir::drain_report&) {});
    REQUIRE(run_until(io, [&] { return over; }));
    const weir::ledger items = p.graph().segments.at(0).stages.at(0).items;
    CHECK(items == weir::ledger{5, 3, 0, 2, 0, 0});
}

TEST_CASE("a drain while clients send hands on all that was decoded, and ends") {
    weir::runtime rt(2);
    weir::pipeline p("service", rt.executor());
    weir::tcp::listener port(rt.executor());
    const auto where = port.local();
    std::atomic<std::size_t> seen{0};
    std::vector<int> next(4);
    bool in_order = true;
    const auto store = [&](int x) {
        in_order = in_order && x % 1'000'000 == next[static_cast<std::size_t>(x / 1'000'000)]++;
        seen.fetch_add(1);
    };
    p.add("receive", weir::tcp::receive<number_lines>(std::move(port)) | p.source("tcp") |
                         weir::for_each(store));
    std::vector<std::thread> senders;
    for (int c = 0; c != 4; ++c) {
        senders.emplace_back([where, c] {
            try {
                peer client(where);
                for (int n = 0; n != 1'000'000; n += 100)
                    client.send(lines(c * 1'000'000 + n, 100));
            } catch (const asio::system_error&) {
                // The service has gone.
            }
        });
    }
    auto running = p.run(asio::use_future);
    while (seen.load() < 10'000) std::this_thread::yield();
    p.drain(std::chrono::minutes(1), asio::use_future).get();
    running.get();
    for (auto& s : senders) s.join();
    CHECK(in_order);
    std::size_t total = 0;
    for (int n : next) total += static_cast<std::size_t>(n);
    CHECK(total == seen.load());
}

TEST_CASE("clients on many threads, received on several, are all summed") {
    weir::runtime rt(2);
    weir::tcp::listener port(rt.executor());
    const auto where = port.local();
    std::stop_source stop;
    std::atomic<int> gone{0};
    constexpr int clients = 8;
    weir::tcp::receive_options options;
    options.on_event = [&](const weir::tcp::client_event& e) {
        if (e.what == connection_change::closed && ++gone == clients) stop.request_stop();
    };
    std::vector<std::thread> senders;
    for (int c = 0; c != clients; ++c) {
        senders.emplace_back([where] {
            peer client(where);
            for (int n = 0; n != 50; ++n) client.send(lines(n * 20, 20));
        });
    }
    auto sum = weir::tcp::receive<number_lines>(std::move(port), options) |
               weir::take_until(stop.get_token()) |
               weir::fold(std::size_t{0},
                          [](std::size_t s, int x) { return s + static_cast<std::size_t>(x); });
    CHECK(rt.run(std::move(sum)) == std::size_t{clients} * 999 * 1'000 / 2);
    for (auto& s : senders) s.join();
}

TEST_CASE("cancelled again and again while clients come and send, it lets go of everything") {
    weir::runtime rt(2);
    for (int round = 0; round != 50; ++round) {
        asio::cancellation_signal stop;
        std::promise<bool> over;
        std::promise<void> received;
        bool told = false;
        weir::tcp::listener port(rt.executor());
        const auto where = port.local();
        auto store = weir::for_each([&](int) {
            if (!std::exchange(told, true)) received.set_value();
        });
        auto done = [&over](std::exception_ptr error) { over.set_value(error != nullptr); };
        (weir::tcp::receive<number_lines>(std::move(port)) | std::move(store))
            .start(rt.executor(), asio::bind_cancellation_slot(stop.slot(), std::move(done)));
        std::thread sender([where, round] {
            try {
                peer client(where);
                client.send(lines(round, 1'000));
                client.read_all();
            } catch (const asio::system_error&) {
                // It has gone.
            }
        });
        received.get_future().wait();
        stop.emit(asio::cancellation_type::all);
        CHECK(over.get_future().get());
        sender.join();
    }
}
