/// \file
/// What can happen to a connection: one vocabulary for `receive`, `publish` and `connect`.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::tcp {

/// What has happened. Each connector tells those that can happen to its connections.
enum class connection_change : std::uint8_t {
    connected,     ///< it is there; a subscriber gets what is sent from now on
    refused,       ///< it was turned away, because there are as many as may be
    unreachable,   ///< an attempt to connect has failed; `error` says how
    fault,         ///< some of its bytes are no value; the connection stays
    lagging,       ///< its queue is full, and it misses blocks until there is room again
    closed,        ///< by the other side, or at the end of the stream: nothing is missing
    failed,        ///< it has broken down; `error` says how
    idle,          ///< it was cut off: it was silent for long, and another needed its room
    disconnected,  ///< it was cut off, because its queue was full
    dropped,       ///< it was cut off, because its decoder cannot go on after a fault
    served,    ///< the stream has ended, and the other system has confirmed that it has everything
    cut_short  ///< the stream has ended, and not all could be sent in time
};

/// For logs: "connected", "cut short", ...
std::string_view to_string(connection_change what) noexcept;

}  // namespace weir::tcp
