/// \file
/// What happens to clients.
#pragma once

#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/callback.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace weir::tcp {

/// What has happened.
enum class client_change : std::uint8_t {
    came,     ///< it is connected
    refused,  ///< it was turned away: there are as many as may be
    fault,    ///< some of its bytes are no value; it stays
    left,     ///< it has closed the connection, or the stream has: nothing is missing
    failed,   ///< the connection has broken down; `error` says how
    idle,     ///< it was cut off: it had sent nothing for long, and another needed its place
    expelled  ///< it was cut off: its decoder cannot go on after a fault
};

/// Told of one client. Valid during the call.
struct client_event {
    client_change what;
    const endpoint& client;
    std::uint64_t offset = 0;       ///< bytes it has sent so far; of a fault: where that is
    std::string_view message = {};  ///< of a fault
    asio::error_code error = {};    ///< of a failure
};

/// Called on the strand of the pipeline: must not block. What it throws ends the stream.
using client_listener = callback<const client_event&>;

/// For logs: "came", "refused", ...
std::string_view to_string(client_change what) noexcept;

}  // namespace weir::tcp
