/// \file
/// Waiting for sockets.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/clock.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>

namespace weir::tcp::detail {

/// Wakes `who`, once, when `socket` can be read from, or written to, or has failed; also when it is
/// closed. Holds `scope` until then.
///
/// The handler does nothing else, so it needs no strand: the thread that hears from the kernel
/// wakes the segment, and the segment reads, on that thread if it can. Nothing is allocated in the
/// long run: Asio keeps the handler's memory for the next.
void wake_when(asio::ip::tcp::socket& socket, asio::socket_base::wait_type ready, wakeable& who,
               ticket scope);

/// Wakes `who`, once, when `socket` has failed; not when it can be read from or written to.
void wake_when_failed(asio::ip::tcp::socket& socket, wakeable& who, ticket scope);

/// The same for somebody who wants to be accepted.
void wake_when_called(asio::ip::tcp::acceptor& acceptor, wakeable& who, ticket scope);

/// Closes so that the other side meets an error (`connection_reset`) and not the end: what it has
/// got is not all there was. What the kernel has not sent yet is thrown away.
void reset(asio::ip::tcp::socket& socket) noexcept;

/// How many bytes the other side has not acknowledged yet. With `shutdown_send` before, its end is
/// among them, so that 0 says that it has everything.
std::size_t unacknowledged(asio::ip::tcp::socket& socket) noexcept;

/// True when the other side has closed its sending side, and all that it said has been read.
bool says_no_more(asio::ip::tcp::socket& socket) noexcept;

/// True when the connection is over for both sides: nothing more can be sent.
bool is_gone(asio::ip::tcp::socket& socket) noexcept;

/// Has the kernel ask, when nothing has been sent for `idle`, whether the other side is still
/// there. As good as it gets where that cannot be set.
void look_after(asio::ip::tcp::socket& socket, std::chrono::seconds idle) noexcept;

}  // namespace weir::tcp::detail
