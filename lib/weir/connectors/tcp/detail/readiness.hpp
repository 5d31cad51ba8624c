/// \file
/// Waits for sockets.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/clock.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>

namespace weir::tcp::detail {

/// Wakes `target`, once, when `socket` can be read from, or written to, or has failed; also when it
/// is closed. Holds `scope` until then.
///
/// The handler does nothing else, so it needs no strand. The thread that hears from the kernel
/// wakes the segment, and the segment reads, on that thread if it can. In the long run nothing is
/// allocated, because Asio reuses the handler's memory.
void wake_when(asio::ip::tcp::socket& socket, asio::socket_base::wait_type ready, wakeable& target,
               ticket scope);

/// Wakes `target`, once, when `socket` has failed; not when it can be read from or written to.
void wake_when_failed(asio::ip::tcp::socket& socket, wakeable& target, ticket scope);

/// The same for a client that waits to be accepted.
void wake_when_called(asio::ip::tcp::acceptor& acceptor, wakeable& target, ticket scope);

/// Closes the socket so that the other side gets an error (`connection_reset`) instead of the end,
/// because it has not received everything. Bytes that the kernel has not sent yet are discarded.
void reset(asio::ip::tcp::socket& socket) noexcept;

/// The number of bytes that the other side has not acknowledged yet. After `shutdown_send` the end
/// counts too, so 0 means that the other side has everything.
std::size_t unacknowledged(asio::ip::tcp::socket& socket) noexcept;

/// True when the other side has closed its sending side, and all its bytes were read.
bool says_no_more(asio::ip::tcp::socket& socket) noexcept;

/// True when the connection is over for both sides: nothing more can be sent.
bool is_gone(asio::ip::tcp::socket& socket) noexcept;

/// Makes the kernel probe the other side when nothing was sent for `idle`. Optional: an error is
/// ignored.
void look_after(asio::ip::tcp::socket& socket, std::chrono::seconds idle) noexcept;

}  // namespace weir::tcp::detail
