// tcp::connect to a host with several addresses.

#include <weir/connectors/tcp/connect.hpp>
#include <weir/core/asio.hpp>
#include <weir/sinks/for_each.hpp>
#include <weir/sources/any_stream.hpp>
#include <weir/testing/drive.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <asio.hpp>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace weir::testing;
using namespace std::chrono_literals;

// In the place of the system's, for this program: "two.example" has two addresses.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** found) {
    using function = decltype(&::getaddrinfo);
    static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (!host || std::string_view(host) != "two.example") {
        return real(host, service, hints, found);
    }
    addrinfo* second = nullptr;
    int error = real("127.0.0.2", service, hints, found);
    if (error == 0) error = real("127.0.0.1", service, hints, &second);
    if (error == 0) (*found)->ai_next = second;
    return error;
}

namespace {

using asio::ip::tcp;

const auto first_address = asio::ip::make_address("127.0.0.2");

/// A port of the first address that does not answer: who has come is never accepted, and there is
/// room for no more.
struct hole {
    hole(asio::io_context& io, std::uint16_t port) : acceptor(io) {
        const tcp::endpoint at(first_address, port);
        acceptor.open(at.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(at);
        acceptor.listen(0);
        for (int n = 0; n != 4; ++n) {
            // Begun and not waited for: all but the first would be for ever.
            waiting.emplace_back(io).async_connect(acceptor.local_endpoint(),
                                                   [](const asio::error_code&) {});
        }
    }
    tcp::acceptor acceptor;
    std::vector<tcp::socket> waiting;
};

struct client {
    explicit client(std::uint16_t port, weir::tcp::connect_options options = {}) {
        options.on_event = [this](const weir::tcp::connection_event& e) {
            connected = connected || e.what == weir::tcp::connection_change::connected;
        };
        weir::any_stream<int> numbers = weir::tcp::connect<number_lines>(
            io.get_executor(), "two.example", port, std::move(options));
        auto store = weir::for_each([this](int x) { seen.push_back(x); });
        running = start(io, std::move(numbers) | std::move(store));
    }
    bool connects() {
        return run_until(io, [&] { return connected; });
    }
    /// Until the first address has its head start.
    bool tries() {
        return run_until(io, [&] { return time->next_deadline() == time->now() + 250ms; });
    }
    bool ends() {
        return run_until(io, [&] { return running->done; });
    }

    asio::io_context io;
    std::shared_ptr<virtual_clock> time = virtual_clock::install(io);
    bool connected = false;
    std::vector<int> seen;
    std::shared_ptr<outcome<void>> running;
};

/// The client is given a value by the server that it has found.
void check_found(client& c, tcp::acceptor& server) {
    {
        tcp::socket s = server.accept();
        asio::write(s, asio::buffer("7\n", 2));
    }
    REQUIRE(c.ends());
    CHECK_NOTHROW(c.running->get());
    CHECK(c.seen == std::vector{7});
}

}  // namespace

TEST_CASE("the second address of a host is tried at once when the first refuses") {
    asio::io_context io;
    tcp::acceptor a(io, {asio::ip::address_v4::loopback(), 0});
    client c(a.local_endpoint().port());
    REQUIRE(c.connects());
    check_found(c, a);
}

TEST_CASE("the second address is tried beside the first when that does not answer soon") {
    asio::io_context io;
    tcp::acceptor a(io, {asio::ip::address_v4::loopback(), 0});
    const auto port = a.local_endpoint().port();
    const hole first(io, port);
    weir::tcp::connect_options options;
    options.connect_timeout = weir::clock::duration::max();  // which is for ever, and not over
    client c(port, options);
    REQUIRE(c.tries());
    c.time->advance(249ms);
    settle(c.io);
    CHECK_FALSE(c.connected);
    c.time->advance(1ms);
    REQUIRE(c.connects());
    check_found(c, a);
}

TEST_CASE("when no address answers in time, that is what the stream fails with") {
    asio::io_context io;
    const hole first(io, 0);  // and the second address refuses
    client c(first.acceptor.local_endpoint().port());
    REQUIRE(c.tries());
    c.time->advance(250ms);
    settle(c.io);
    CHECK_FALSE(c.running->done);
    c.time->advance(10s);
    REQUIRE(c.ends());
    try {
        c.running->get();
        FAIL("there is no connection");
    } catch (const asio::system_error& e) {
        CHECK(e.code() == asio::error::timed_out);
    }
}
