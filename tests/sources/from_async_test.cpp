// Asio operations as streams: sockets, timers, and one made up.

#include <weir/core/asio.hpp>
#include <weir/operators/take_until.hpp>
#include <weir/sinks/count.hpp>
#include <weir/sinks/fold.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_async.hpp>
#include <weir/testing/drive.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

using local_socket = asio::local::stream_protocol::socket;

struct pair_of_sockets {
    explicit pair_of_sockets(asio::io_context& io)
        : ours(io), theirs(std::make_shared<local_socket>(io)) {
        asio::local::connect_pair(ours, *theirs);
    }
    local_socket ours;
    std::shared_ptr<local_socket> theirs;  // what the stream reads
};

auto joined() {
    return weir::fold(std::string(), [](std::string all, const std::string& s) { return all + s; });
}

// Completes when the test says so.
struct by_hand {
    std::function<void(asio::error_code, int)> complete;
    int started = 0;

    template <class Handler>
    void operator()(Handler handler) {
        ++started;
        auto shared = std::make_shared<Handler>(std::move(handler));
        complete = [this, shared](asio::error_code error, int x) {
            auto keep = std::exchange(complete, nullptr);
            (*shared)(error, x);
        };
    }
};

auto stream_of(by_hand& operation) {
    return weir::from_async<int>([&](auto handler) { operation(std::move(handler)); });
}

}  // namespace

TEST_CASE("an operation is started again when its result was taken, and not before") {
    asio::io_context io;
    by_hand operation;
    auto stream = stream_of(operation);
    auto first = start_next(io, stream);
    settle(io);
    CHECK(operation.started == 1);
    operation.complete({}, 7);
    settle(io);
    CHECK(first->get() == 7);
    CHECK(operation.started == 1);
    auto second = start_next(io, stream);
    settle(io);
    CHECK(operation.started == 2);
    operation.complete(asio::error::eof, 0);
    settle(io);
    CHECK(second->get() == std::nullopt);
}

TEST_CASE("an error of the operation comes out as a system_error") {
    asio::io_context io;
    by_hand operation;
    auto result = start(io, stream_of(operation) | weir::count());
    settle(io);
    operation.complete(asio::error::connection_reset, 0);
    settle(io);
    CHECK_THROWS_AS(result->get(), asio::system_error);
    CHECK_FALSE(result->aborted());
}

TEST_CASE("bytes of a socket come as they are sent, and the end when the peer closes") {
    asio::io_context io;
    pair_of_sockets sockets(io);
    auto result = start(io, weir::read_some(sockets.theirs, 4) | joined());
    asio::write(sockets.ours, asio::buffer(std::string("hello ")));
    settle(io);
    CHECK_FALSE(result->done);
    asio::write(sockets.ours, asio::buffer(std::string("world")));
    sockets.ours.close();
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK(result->get() == "hello world");
}

TEST_CASE("bytes cross a TCP connection") {
    using asio::ip::tcp;
    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket ours(io);
    ours.connect(acceptor.local_endpoint());
    auto theirs = std::make_shared<tcp::socket>(acceptor.accept());
    auto result = start(io, weir::read_some(theirs) | joined());
    asio::write(ours, asio::buffer(std::string(100'000, 'x')));
    ours.close();
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK(result->get() == std::string(100'000, 'x'));
}

TEST_CASE("a peer that resets the connection is a failure") {
    using asio::ip::tcp;
    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket ours(io);
    ours.connect(acceptor.local_endpoint());
    auto theirs = std::make_shared<tcp::socket>(acceptor.accept());
    auto result = start(io, weir::read_some(theirs) | joined());
    settle(io);
    ours.set_option(asio::socket_base::linger(true, 0));
    ours.close();
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK_THROWS_AS(result->get(), asio::system_error);
}

TEST_CASE("a cancelled read completes after the operation is over, and lets the socket go") {
    asio::io_context io;
    pair_of_sockets sockets(io);
    asio::cancellation_signal stop;
    std::weak_ptr<local_socket> socket_of_stream = sockets.theirs;
    auto result = start(io, weir::read_some(std::move(sockets.theirs)) | joined(), stop.slot());
    settle(io);
    bool gone = false;
    result->on_completion = [&] { gone = socket_of_stream.expired(); };
    stop.emit(asio::cancellation_type::terminal);
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK(result->aborted());
    CHECK(gone);
}

TEST_CASE("a consumer that has enough cancels the read that is under way") {
    asio::io_context io;
    pair_of_sockets sockets(io);
    std::stop_source stop;
    auto result = start(
        io, weir::read_some(sockets.theirs) | weir::take_until(stop.get_token()) | weir::count());
    asio::write(sockets.ours, asio::buffer(std::string("hello")));
    settle(io);
    stop.request_stop();
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK(result->get() == 1);
}

TEST_CASE("a context that is destroyed takes a read that is under way with it") {
    std::weak_ptr<local_socket> left;
    auto io = std::make_unique<asio::io_context>();
    {
        pair_of_sockets sockets(*io);
        left = sockets.theirs;
        auto result = start(*io, weir::read_some(std::move(sockets.theirs)) | joined());
        settle(*io);
    }
    io.reset();
    CHECK(left.expired());
}

TEST_CASE("each expiry of a timer is an item, until it is not set again") {
    asio::io_context io;
    auto timer = std::make_shared<asio::steady_timer>(io);
    auto rearm = [n = 0](asio::steady_timer& t) mutable {
        t.expires_after(1us);
        return n++ < 3;
    };
    auto result = start(io, weir::expiries(timer, rearm) | weir::to<std::vector>());
    CHECK(run_until(io, [&] { return result->done; }));
    CHECK(result->get() == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("a cancelled wait for a timer does not wait for it") {
    asio::io_context io;
    auto timer = std::make_shared<asio::steady_timer>(io);
    auto rearm = [](asio::steady_timer& t) { return t.expires_after(24h), true; };
    asio::cancellation_signal stop;
    auto result = start(io, weir::expiries(timer, rearm) | weir::count(), stop.slot());
    settle(io);
    stop.emit(asio::cancellation_type::terminal);
    settle(io);
    CHECK(result->aborted());
}
