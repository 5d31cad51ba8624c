/// \file
/// The events of a connection: one vocabulary for `receive`, `publish` and `connect`.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::tcp {

/// What happened. Each connector reports the events that its connections can have.
enum class connection_change : std::uint8_t {
    connected,     ///< it is established; a subscriber gets all messages from now on
    refused,       ///< it was turned away, because the maximum number is connected
    unreachable,   ///< an attempt to connect has failed; `error` has the reason
    fault,         ///< some of its bytes are not a value; the connection stays open
    lagging,       ///< its queue is full, and it misses blocks until there is room again
    closed,        ///< by the other side, or at the end of the stream: nothing is missing
    failed,        ///< it has broken down; `error` has the reason
    idle,          ///< it was cut off: it was silent for long, and a new one needed its slot
    disconnected,  ///< it was cut off, because its queue was full
    dropped,       ///< it was cut off, because its decoder cannot continue after a fault
    served,        ///< the stream has ended, and the other system has confirmed all bytes
    cut_short      ///< the stream has ended, and not everything could be sent in time
};

/// For logs: "connected", "cut short", ...
std::string_view to_string(connection_change what) noexcept;

}  // namespace weir::tcp
