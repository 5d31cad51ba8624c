/// \file
/// The events of clients.
#pragma once

#include <weir/connectors/tcp/connection_change.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/callback.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace weir::tcp {

/// An event of one client. Valid during the call.
struct client_event {
    connection_change what;
    const endpoint& client;
    std::uint64_t offset = 0;  ///< bytes received from it so far; for a fault, the fault's offset
    std::string_view message = {};  ///< of a fault
    asio::error_code error = {};    ///< of a failure
};

/// Called on the strand of the pipeline: must not block. What it throws ends the stream.
using client_listener = callback<const client_event&>;

}  // namespace weir::tcp
