/// \file
/// A port that accepts connections.
#pragma once

#include <weir/core/asio.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace weir::tcp {

using endpoint = asio::ip::tcp::endpoint;

/// "127.0.0.1:9000", "[::1]:9000".
std::string to_string(const endpoint& where);

/// The address and port to listen on.
struct listen_options {
    /// By default only programs of this machine can connect.
    asio::ip::address address = asio::ip::address_v4::loopback();
    std::uint16_t port = 0;  ///< 0: a free one; `listener::local` has its number
    int backlog = 128;       ///< how many clients may wait to be accepted
};

/// A socket that listens from its construction on, for `receive` and `publish`. Clients can connect
/// at once; they are accepted when the stream runs.
///
///     weir::tcp::listener port(rt.executor(), {.port = 9000});
///
/// `executor`: of the context whose threads wait for the sockets, which must outlive them. Use the
/// pipeline's for the lowest latency. Not a strand. Errors: `asio::system_error` that names the
/// address, when it cannot be listened on. Movable; not thread-safe.
class listener {
public:
    explicit listener(const asio::any_io_executor& executor, const listen_options& options = {});

    /// Its address, with the actual port.
    const endpoint& local() const noexcept { return local_; }
    std::uint16_t port() const noexcept { return local_.port(); }

    asio::ip::tcp::acceptor& acceptor() noexcept { return acceptor_; }

private:
    asio::ip::tcp::acceptor acceptor_;
    endpoint local_;
};

}  // namespace weir::tcp
