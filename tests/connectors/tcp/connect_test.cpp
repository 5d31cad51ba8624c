// tcp::connect: a server's values, its failures, and connecting again.

#include <weir/connectors/tcp/connect.hpp>
#include <weir/core/asio.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using namespace std::chrono_literals;
using weir::tcp::connection_change;

namespace {

/// A server, by plain blocking calls.
class server {
public:
    server() : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {}

    std::uint16_t port() const { return port_; }
    void accept() { socket_.emplace(acceptor_.accept()); }
    void send(std::string_view bytes) { asio::write(*socket_, asio::buffer(bytes)); }
    void close() { socket_.reset(); }
    void reset() {
        socket_->set_option(asio::socket_base::linger(true, 0));
        socket_->close();
    }
    /// Nobody listens at the port any more.
    void stop() { acceptor_.close(); }
    bool client_is_gone() {
        char byte = 0;
        asio::error_code error;
        socket_->read_some(asio::buffer(&byte, 1), error);
        return error == asio::error::eof || error == asio::error::connection_reset;
    }

private:
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = acceptor_.local_endpoint().port();
    std::optional<asio::ip::tcp::socket> socket_;
};

struct entry {
    connection_change what;
    std::string message;
    std::optional<weir::clock::duration> next_attempt;
};

/// A client whose pipeline writes down what it gets.
struct client {
    explicit client(std::uint16_t port, weir::tcp::connect_options options = {}) {
        options.on_event = [this](const weir::tcp::connection_event& e) {
            events.push_back({e.what, std::string(e.message), e.next_attempt});
        };
        auto numbers = weir::tcp::connect<number_lines>(io.get_executor(), "127.0.0.1", port,
                                                        std::move(options));
        auto store = weir::for_each([this](int x) { seen.push_back(x); });
        running =
            start(io, std::move(numbers) | weir::take_until(drain.get_token()) | std::move(store),
                  cancel.slot());
    }
    bool gets(const std::vector<int>& numbers) {
        return run_until(io, [&] { return seen.size() >= numbers.size(); }) && seen == numbers;
    }
    bool learns(connection_change what) {
        return run_until(io, [&] { return !events.empty() && events.back().what == what; });
    }
    bool ends() {
        return run_until(io, [&] { return running->done; });
    }

    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    asio::cancellation_signal cancel;
    std::stop_source drain;
    std::vector<entry> events;
    std::vector<int> seen;
    std::shared_ptr<outcome<void>> running;
};

weir::tcp::connect_options again() {
    weir::tcp::connect_options options;
    options.reconnect = weir::backoff_policy{.first_wait = 100ms, .max_wait = 1s, .factor = 2};
    return options;
}

}  // namespace

TEST_CASE("a server's values come out in order, and the stream ends with the connection") {
    server s;
    client c(s.port());
    REQUIRE(c.learns(connection_change::connected));
    s.accept();
    s.send("1\n2\n3");
    REQUIRE(c.gets({1, 2}));
    s.send("4\n5");
    s.close();
    REQUIRE(c.ends());
    CHECK_NOTHROW(c.running->get());
    CHECK(c.seen == std::vector{1, 2, 34});
    REQUIRE(c.events.size() == 3);
    CHECK(c.events[1].message == "cut off");
    CHECK(c.events[2].what == connection_change::closed);
}

TEST_CASE("a server that is not there, or resets the connection, is named with the cause") {
    server s;
    client lost(s.port());
    REQUIRE(lost.learns(connection_change::connected));
    s.accept();
    s.send("1\n");
    REQUIRE(lost.gets({1}));
    s.reset();
    s.stop();
    client unreachable(s.port());
    for (client* c : {&lost, &unreachable}) {
        REQUIRE(c->ends());
        try {
            c->running->get();
            FAIL("there is no connection");
        } catch (const asio::system_error& e) {
            CHECK(e.code() ==
                  (c == &lost ? asio::error::connection_reset : asio::error::connection_refused));
            const std::string peer = "127.0.0.1:" + std::to_string(s.port());
            CHECK(std::string(e.what()).find(peer) != std::string::npos);
        }
    }
}

TEST_CASE("with reconnect it goes on with the next connection, with a decoder of its own") {
    server s;
    client c(s.port(), again());
    REQUIRE(c.learns(connection_change::connected));
    s.accept();
    s.send("1\n2");
    REQUIRE(c.gets({1}));
    s.reset();
    REQUIRE(c.learns(connection_change::failed));
    CHECK(c.events.back().next_attempt == 100ms);
    c.time->advance(99ms);
    settle(c.io);
    CHECK(c.events.back().what == connection_change::failed);
    c.time->advance(1ms);
    REQUIRE(c.learns(connection_change::connected));
    s.accept();
    s.send("3\n");
    CHECK(c.gets({1, 3}));
    s.close();
    REQUIRE(c.learns(connection_change::closed));
    CHECK(c.events.back().next_attempt == 100ms);  // a value had come
}

TEST_CASE("the waits grow while nobody is there") {
    server s;
    s.stop();
    client c(s.port(), again());
    for (const auto wait : {100ms, 200ms, 400ms, 800ms, 1'000ms, 1'000ms}) {
        const std::size_t before = c.events.size();
        REQUIRE(run_until(c.io, [&] { return c.events.size() > before; }));
        CHECK(c.events.back().what == connection_change::unreachable);
        CHECK(c.events.back().next_attempt == wait);
        c.time->advance(wait);
    }
}

TEST_CASE("a decoder that cannot go on ends the connection, and the stream unless it reconnects") {
    for (const bool reconnects : {false, true}) {
        server s;
        client c(s.port(), reconnects ? again() : weir::tcp::connect_options());
        REQUIRE(c.learns(connection_change::connected));
        s.accept();
        s.send("1\n!\n2\n");
        REQUIRE(c.learns(connection_change::dropped));
        CHECK(s.client_is_gone());
        CHECK(c.seen == std::vector{1});
        settle(c.io);
        CHECK(c.running->done == !reconnects);
        if (!reconnects) CHECK_THROWS_AS(c.running->get(), std::runtime_error);
    }
}

TEST_CASE("a drain hands on what was received, and ends a wait for the next attempt") {
    server s;
    client c(s.port(), again());
    REQUIRE(c.learns(connection_change::connected));
    s.accept();
    s.send("1\n2\n");
    c.drain.request_stop();
    REQUIRE(c.ends());
    CHECK(c.seen == std::vector{1, 2});

    s.stop();
    client waiting(s.port(), again());
    REQUIRE(waiting.learns(connection_change::unreachable));
    waiting.drain.request_stop();
    REQUIRE(waiting.ends());
    CHECK_NOTHROW(waiting.running->get());
}

TEST_CASE("cancelled while it connects, reads, or waits, it lets go") {
    server s;
    client connecting(s.port());
    connecting.cancel.emit(asio::cancellation_type::all);
    REQUIRE(connecting.ends());
    CHECK(connecting.running->aborted());

    server other;
    client reading(other.port(), again());
    REQUIRE(reading.learns(connection_change::connected));
    other.accept();
    reading.cancel.emit(asio::cancellation_type::all);
    REQUIRE(reading.ends());
    CHECK(other.client_is_gone());

    s.stop();
    client waiting(s.port(), again());
    REQUIRE(waiting.learns(connection_change::unreachable));
    waiting.cancel.emit(asio::cancellation_type::all);
    REQUIRE(waiting.ends());
    CHECK(waiting.running->aborted());
}
