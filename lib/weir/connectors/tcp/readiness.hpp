/// \file
/// Waiting for sockets.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

namespace weir::tcp {

/// Wakes `who`, once, when `socket` can be read from, or written to, or has failed; also when it is
/// closed. Holds `scope` until then.
///
/// The handler does nothing else, so it needs no strand: the thread that hears from the kernel
/// wakes the segment, and the segment reads, on that thread if it can. Nothing is allocated in the
/// long run: Asio keeps the handler's memory for the next.
void wake_when(asio::ip::tcp::socket& socket, asio::socket_base::wait_type ready, wakeable& who,
               ticket scope);

/// The same for somebody who wants to be accepted.
void wake_when_called(asio::ip::tcp::acceptor& acceptor, wakeable& who, ticket scope);

}  // namespace weir::tcp
