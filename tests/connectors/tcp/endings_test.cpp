// How connections end, and for whom there is room: what the other side can tell.

#include <weir/connectors/tcp/publish.hpp>
#include <weir/connectors/tcp/receive.hpp>
#include <weir/core/asio.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/script.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using namespace std::chrono_literals;
using weir::overflow;
using weir::tcp::connection_change;
using weir::tcp::publish_options;
using weir::tcp::publish_report;

namespace {

/// A publisher of what the test gives it.
struct publisher {
    explicit publisher(publish_options options = {}) {
        weir::tcp::listener port(io.get_executor());
        where = port.local();
        options.on_event = [this](const weir::tcp::subscriber_event& e) { told.push_back(e.what); };
        weir::any_stream<std::string> texts = messages.stream();
        running =
            start(io, std::move(texts) | weir::tcp::publish(std::move(port), options), stop.slot());
        settle(io);
    }
    bool learns(connection_change what) {
        return run_until(io, [&] { return !told.empty() && told.back() == what; });
    }
    bool ends() {
        return run_until(io, [&] { return running->done; });
    }
    void give(std::size_t bytes) {
        for (std::size_t n = 0; n != bytes / 1'000; ++n) messages.give(std::string(1'000, 'x'));
    }

    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    asio::cancellation_signal stop;
    script<std::string> messages;
    std::vector<connection_change> told;
    weir::tcp::endpoint where;
    std::shared_ptr<outcome<publish_report>> running;
};

/// A subscriber for which the kernel keeps little.
struct small_peer {
    explicit small_peer(const weir::tcp::endpoint& to) : socket(io) {
        socket.open(to.protocol());
        socket.set_option(asio::socket_base::receive_buffer_size(8 << 10));
        socket.connect(to);
    }
    /// Reads to the end, whatever that is; talks meanwhile, if it is to.
    std::size_t read_all(bool talks = false) {
        std::size_t bytes = 0;
        std::array<char, 4096> part;
        asio::error_code ignored;
        while (!error) {
            if (talks) socket.write_some(asio::buffer("h", 1), ignored);
            bytes += socket.read_some(asio::buffer(part), error);
        }
        return bytes;
    }

    asio::io_context io;
    asio::ip::tcp::socket socket;
    asio::error_code error;
};

/// Reads all on a thread of its own, while the publisher goes on to its end.
std::size_t read_while_it_ends(publisher& out, small_peer& p, bool talks) {
    std::size_t bytes = 0;
    std::thread reader([&] {
        bytes = p.read_all(talks);
        asio::error_code ignored;
        p.socket.close(ignored);
    });
    // Whether all was confirmed is looked at now and then.
    CHECK(run_until(out.io, [&] {
        out.time->advance(10ms);
        return out.running->done;
    }));
    reader.join();
    return bytes;
}

publish_options large_queue() {
    publish_options options;
    options.max_queue_bytes = std::size_t{64} << 20;
    return options;
}

using enum connection_change;

}  // namespace

TEST_CASE("a subscriber that also sends gets everything, to the end") {
    publish_options options = large_queue();
    options.linger = weir::clock::duration::max();
    publisher out(options);
    small_peer p(out.where);
    REQUIRE(out.learns(connected));
    out.give(1'000'000);
    out.messages.end();
    settle(out.io);
    // All of it may be in the kernel by now, and not with the subscriber.
    CHECK_FALSE(out.running->done);
    CHECK(read_while_it_ends(out, p, true) == 1'000'000);
    CHECK(p.error == asio::error::eof);
    CHECK(out.told.back() == served);
    CHECK(out.running->get().sent.bytes == 1'000'000);
}

TEST_CASE("a subscriber that has closed its sending side gets everything, to the end") {
    publish_options options = large_queue();
    options.linger = weir::clock::duration::max();
    publisher out(options);
    small_peer p(out.where);
    p.socket.shutdown(asio::socket_base::shutdown_send);
    REQUIRE(out.learns(connected));
    for (int n = 0; n != 10; ++n) {
        out.give(100'000);
        settle(out.io);
    }
    CHECK(out.told == std::vector{connected});
    out.messages.end();
    CHECK(read_while_it_ends(out, p, false) == 1'000'000);
    CHECK(p.error == asio::error::eof);
    CHECK(out.told == std::vector{connected, served});
}

TEST_CASE("with linger of max the end is waited for, and not cut off at once") {
    publish_options options = large_queue();
    options.linger = weir::clock::duration::max();
    publisher out(options);
    small_peer p(out.where);
    REQUIRE(out.learns(connected));
    out.give(8'000'000);
    out.messages.end();
    settle(out.io);
    CHECK_FALSE(out.running->done);
    CHECK(read_while_it_ends(out, p, false) == 8'000'000);
    CHECK(out.told == std::vector{connected, served});
}

TEST_CASE("a subscriber that is cut off meets an error, and not the end") {
    SUBCASE("for its queue is full") {
        publish_options options;
        options.max_queue_bytes = 64 << 10;
        options.block_size = 4 << 10;
        publisher out(options);
        small_peer p(out.where);
        REQUIRE(out.learns(connected));
        out.give(16'000'000);
        REQUIRE(out.learns(disconnected));
        CHECK(p.read_all() != 0);
        CHECK(p.error == asio::error::connection_reset);
    }
    SUBCASE("for the time at the end is up") {
        publisher out(large_queue());
        small_peer p(out.where);
        REQUIRE(out.learns(connected));
        out.give(16'000'000);
        out.messages.end();
        settle(out.io);
        out.time->advance(5s);
        REQUIRE(out.ends());
        CHECK(out.told.back() == cut_short);
        CHECK(p.read_all() != 0);
        CHECK(p.error == asio::error::connection_reset);
    }
    SUBCASE("for the publisher is cancelled") {
        publisher out;
        small_peer p(out.where);
        REQUIRE(out.learns(connected));
        out.stop.emit(asio::cancellation_type::all);
        REQUIRE(out.ends());
        CHECK(p.read_all() == 0);
        CHECK(p.error == asio::error::connection_reset);
    }
    SUBCASE("for there is no room") {
        publish_options options;
        options.max_subscribers = 1;
        publisher out(options);
        small_peer first(out.where);
        REQUIRE(out.learns(connected));
        small_peer second(out.where);
        REQUIRE(out.learns(refused));
        CHECK(second.read_all() == 0);
        CHECK(second.error == asio::error::connection_reset);
        out.messages.end();
        asio::error_code ignored;
        first.socket.close(ignored);
        REQUIRE(out.ends());
        CHECK(out.running->get().refused == 1);
    }
}

TEST_CASE("a subscriber that takes nothing for the idle limit makes room when that is needed") {
    publish_options options = large_queue();
    options.max_subscribers = 1;
    options.idle_timeout = 10s;
    publisher out(options);
    small_peer stuck(out.where);
    REQUIRE(out.learns(connected));
    out.give(16'000'000);
    settle(out.io);
    out.time->advance(9s);
    small_peer early(out.where);
    REQUIRE(out.learns(refused));
    out.time->advance(1s);
    small_peer next(out.where);
    REQUIRE(out.learns(connected));
    CHECK(out.told == std::vector{connected, refused, idle, connected});
    stuck.read_all();
    CHECK(stuck.error == asio::error::connection_reset);
    out.messages.end();
    asio::error_code ignored;
    next.socket.close(ignored);
    REQUIRE(out.ends());
    CHECK(out.running->get().idle == 1);
}

TEST_CASE("silent clients make room for others, the one that is silent for the longest first") {
    asio::io_context io;
    const auto time = virtual_clock::install(io);
    event_book book;
    std::vector<int> seen;
    weir::tcp::listener port(io.get_executor());
    const auto where = port.local();
    weir::tcp::receive_options options;
    options.max_clients = 2;
    options.idle_timeout = 60s;
    options.on_event = book.listener();
    auto keep = weir::for_each([&](int x) { seen.push_back(x); });
    asio::cancellation_signal stop;
    auto running = start(
        io, weir::tcp::receive<number_lines>(std::move(port), std::move(options)) | std::move(keep),
        stop.slot());
    const auto learns = [&](connection_change what, std::size_t times) {
        return run_until(io, [&] { return book.count(what) == times; });
    };
    peer silent(where);
    REQUIRE(learns(connection_change::connected, 1));
    peer talking(where);
    REQUIRE(learns(connection_change::connected, 2));
    silent.send("12");  // and never the rest
    settle(io);
    time->advance(30s);
    talking.send("1\n");
    REQUIRE(run_until(io, [&] { return seen.size() == 1; }));
    peer early(where);
    REQUIRE(learns(connection_change::refused, 1));
    time->advance(30s);
    peer next(where);
    REQUIRE(learns(connection_change::connected, 3));
    CHECK(book.the(connection_change::idle).client == silent.local());
    next.send("3\n");  // by a decoder of its own
    talking.send("2\n");
    REQUIRE(run_until(io, [&] { return seen.size() == 3; }));
    CHECK(book.count(connection_change::fault) == 1);  // what was cut off
    CHECK(book.count(connection_change::idle) == 1);
    // Both can tell: an end would say that what they had sent was taken.
    for (peer* gone : {&silent, &early}) {
        asio::error_code error;
        char byte = 0;
        gone->socket().read_some(asio::buffer(&byte, 1), error);
        CHECK(error == asio::error::connection_reset);
    }
    stop.emit(asio::cancellation_type::all);
    CHECK(run_until(io, [&] { return running->done; }));
}
