/// \file
/// A port that is listened on.
#pragma once

#include <weir/core/asio.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace weir::tcp {

using endpoint = asio::ip::tcp::endpoint;

/// "127.0.0.1:9000", "[::1]:9000".
std::string to_string(const endpoint& where);

/// Where to listen.
struct listen_options {
    /// Nobody but programs of this machine gets in, unless it is told otherwise.
    asio::ip::address address = asio::ip::address_v4::loopback();
    std::uint16_t port = 0;  ///< 0: a free one; `listener::local` says which
    int backlog = 128;       ///< how many may wait to be accepted
};

/// A socket that listens from its construction on: what `receive` and `publish` are given. Clients
/// can connect at once; they are accepted when the stream runs.
///
///     weir::tcp::listener port(rt.executor(), {.port = 9000});
///
/// `executor`: of the context whose threads look after the sockets, which must outlive them: that
/// of the pipeline, for the least latency. Not a strand.
/// Errors: `asio::system_error` that names the address, when it cannot be listened on.
/// Movable; not thread-safe.
class listener {
public:
    explicit listener(const asio::any_io_executor& executor, const listen_options& options = {});

    /// Where it listens, with the port that was found.
    const endpoint& local() const noexcept { return local_; }
    std::uint16_t port() const noexcept { return local_.port(); }

    asio::ip::tcp::acceptor& acceptor() noexcept { return acceptor_; }

private:
    asio::ip::tcp::acceptor acceptor_;
    endpoint local_;
};

}  // namespace weir::tcp
