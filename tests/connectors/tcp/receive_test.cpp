// tcp::receive: values, clients, and what goes wrong with them.

#include <weir/connectors/tcp/receive.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/take.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sinks/to.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using weir::tcp::connection_change;

namespace {

/// A port, and the pipeline that writes down what it receives.
struct reception {
    explicit reception(weir::tcp::receive_options options = {}) {
        weir::tcp::listener port(io.get_executor());
        where = port.local();
        options.on_event = book.listener();
        auto numbers = weir::tcp::receive<number_lines>(std::move(port), std::move(options));
        auto store = weir::for_each([this](int x) { seen.push_back(x); });
        running = start(io, std::move(numbers) | std::move(store), stop.slot());
    }
    ~reception() {
        stop.emit(asio::cancellation_type::all);
        CHECK(run_until(io, [this] { return running->done; }));
    }

    /// Waits until the numbers have come; their order is that of one client.
    bool receives(std::vector<int> numbers) {
        return run_until(io, [&] { return seen.size() >= numbers.size(); }) && seen == numbers;
    }
    bool learns(connection_change what, std::size_t times = 1) {
        return run_until(io, [&] { return book.count(what) >= times; }) &&
               book.count(what) == times;
    }

    asio::io_context io;
    asio::cancellation_signal stop;
    event_book book;
    std::vector<int> seen;
    weir::tcp::endpoint where;
    std::shared_ptr<outcome<void>> running;
};

}  // namespace

TEST_CASE("a client's values come out in order, however the bytes are cut") {
    reception server;
    peer client(server.where);
    client.send("1\n2\n3");
    REQUIRE(server.receives({1, 2}));
    client.send("");
    client.send("4");
    client.send("\n5\n");
    CHECK(server.receives({1, 2, 34, 5}));
    CHECK(server.book.the(connection_change::connected).client == client.local());
}

TEST_CASE("what a client sends is received by the handler that hears of it, without another") {
    reception server;
    peer client(server.where);
    client.send("1\n");
    REQUIRE(server.receives({1}));
    settle(server.io);
    client.send("2\n");
    CHECK(server.io.run_one() == 1);
    CHECK(server.seen == std::vector{1, 2});
}

TEST_CASE("a client that leaves is told of, and the stream goes on") {
    reception server;
    {
        peer first(server.where);
        first.send("1\n");
    }
    REQUIRE(server.learns(connection_change::closed));
    CHECK(server.book.the(connection_change::closed).offset == 2);
    peer second(server.where);
    second.send("2\n");
    CHECK(server.receives({1, 2}));
}

TEST_CASE("values of many clients come out, those of each in order") {
    reception server;
    constexpr int clients = 20;
    constexpr int each = 1'000;
    std::list<peer> peers;
    for (int c = 0; c != clients; ++c) peers.emplace_back(server.where);
    for (int n = 0; n != each; ++n) {
        int c = 0;
        for (peer& p : peers) p.send(std::to_string(c++ * each + n) + '\n');
    }
    REQUIRE(run_until(server.io, [&] { return server.seen.size() == clients * each; }));
    std::vector<int> next(clients);
    for (int x : server.seen) CHECK(x % each == next[static_cast<std::size_t>(x / each)]++);
}

TEST_CASE("clients that have much take turns") {
    weir::tcp::receive_options options;
    options.block_size = 64;
    asio::io_context io;
    weir::tcp::listener port(io.get_executor());
    peer first(port.local());
    peer second(port.local());
    std::string ones, twos;
    for (int i = 0; i != 1'000; ++i) ones += "1\n", twos += "2\n";
    first.send(ones);
    second.send(twos);
    auto numbers = weir::tcp::receive<number_lines>(std::move(port), options);
    auto some = start(io, std::move(numbers) | weir::take(320) | weir::to<std::vector>());
    REQUIRE(run_until(io, [&] { return some->done; }));
    const auto seen = some->get();
    CHECK(std::count(seen.begin(), seen.end(), 1) >= 128);
    CHECK(std::count(seen.begin(), seen.end(), 2) >= 128);
}

TEST_CASE("a client that vanishes in the middle of a frame costs that frame only") {
    reception server;
    peer other(server.where);
    {
        peer client(server.where);
        client.send("1\n23");
    }
    REQUIRE(server.learns(connection_change::closed));
    const auto& fault = server.book.the(connection_change::fault);
    CHECK(fault.offset == 2);
    CHECK(fault.message == "cut off");
    other.send("4\n");
    CHECK(server.receives({1, 4}));
}

TEST_CASE("a client that resets its connection is told of, and hurts nobody else") {
    reception server;
    peer other(server.where);
    peer client(server.where);
    client.send("1\n23");
    REQUIRE(server.receives({1}));
    client.reset();
    REQUIRE(server.learns(connection_change::failed));
    CHECK(server.book.the(connection_change::failed).error == asio::error::connection_reset);
    CHECK(server.book.the(connection_change::failed).offset == 4);
    CHECK(server.book.the(connection_change::fault).message == "cut off");
    other.send("4\n");
    CHECK(server.receives({1, 4}));
}

TEST_CASE("garbage is told of with its place, and the client goes on") {
    reception server;
    peer client(server.where);
    client.send("1\nrubbish\n2\n");
    REQUIRE(server.receives({1, 2}));
    const auto& fault = server.book.the(connection_change::fault);
    CHECK(fault.offset == 2);
    CHECK(fault.message == "no number");
    CHECK(fault.client == client.local());
    CHECK(server.book.count(connection_change::closed) == 0);
}

TEST_CASE("a client whose decoder cannot go on is cut off") {
    reception server;
    peer other(server.where);
    peer client(server.where);
    client.send("1\n!\n2\n");
    REQUIRE(server.learns(connection_change::dropped));
    CHECK(client.read_all().empty());
    CHECK(server.book.the(connection_change::fault).message == "broken");
    other.send("4\n");
    CHECK(server.receives({1, 4}));
}

TEST_CASE("more clients than allowed are turned away, until one leaves") {
    weir::tcp::receive_options options;
    options.max_clients = 2;
    reception server(options);
    peer first(server.where);
    peer second(server.where);
    REQUIRE(server.learns(connection_change::connected, 2));
    peer third(server.where);
    REQUIRE(server.learns(connection_change::refused));
    CHECK(third.read_all().empty());
    CHECK(server.book.the(connection_change::refused).client.port() != 0);
    first.close();
    REQUIRE(server.learns(connection_change::closed));
    peer fourth(server.where);
    fourth.send("4\n");
    second.send("2\n");
    REQUIRE(run_until(server.io, [&] { return server.seen.size() == 2; }));
    CHECK(server.book.count(connection_change::connected) == 3);
}

TEST_CASE("cancelled while it reads, it closes the connections") {
    std::optional<peer> client;
    {
        reception server;
        client.emplace(server.where);
        client->send("1\n2");
        REQUIRE(server.receives({1}));
    }
    CHECK(client->read_all().empty());
}

TEST_CASE("a context that goes away takes its clients along") {
    auto io = std::make_unique<asio::io_context>();
    weir::tcp::listener port(io->get_executor());
    peer client(port.local());
    auto ended =
        start(*io, weir::tcp::receive<number_lines>(std::move(port)) | weir::to<std::vector>());
    settle(*io);
    io.reset();
    CHECK_FALSE(ended->done);
    CHECK(client.read_all().empty());
}

TEST_CASE("options that make no sense are refused") {
    asio::io_context io;
    const auto with = [&io](weir::tcp::receive_options options) {
        return weir::tcp::receive<number_lines>(weir::tcp::listener(io.get_executor()),
                                                std::move(options));
    };
    weir::tcp::receive_options options;
    options.max_clients = 0;
    CHECK_THROWS_AS(with(options), std::invalid_argument);
    options = {};
    options.block_size = 0;
    CHECK_THROWS_AS(with(options), std::invalid_argument);
}

TEST_CASE("an address that cannot be listened on is named") {
    asio::io_context io;
    const weir::tcp::listener first(io.get_executor());
    CHECK(first.local().address().is_loopback());
    CHECK(first.port() != 0);
    weir::tcp::listen_options same;
    same.port = first.port();
    try {
        const weir::tcp::listener second(io.get_executor(), same);
        FAIL("two cannot listen on the same port");
    } catch (const asio::system_error& e) {
        CHECK(e.code() == asio::error::address_in_use);
        CHECK(std::string(e.what()).find(weir::tcp::to_string(first.local())) != std::string::npos);
    }
}
