/// \file
/// The options of `tcp::connect`, and the events of its connections.
#pragma once

#include <weir/connectors/tcp/connection_change.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/backoff.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::tcp {

/// An event of a connection. Valid during the call.
struct connection_event {
    connection_change what;
    std::uint64_t offset = 0;  ///< bytes received on it so far; for a fault, the fault's offset
    std::string_view message = {};                     ///< of a fault
    asio::error_code error = {};                       ///< of a failure
    std::optional<clock::duration> next_attempt = {};  ///< the time until it, if there is one
};

/// Called on the strand of the pipeline: must not block. What it throws ends the stream.
using connection_listener = callback<const connection_event&>;

/// Options of connecting.
struct connect_options {
    /// Connect again, after these waits, when an attempt has failed or the connection has ended.
    /// Without it the stream ends with its connection.
    std::optional<backoff_policy> reconnect = std::nullopt;
    clock::duration connect_timeout =
        std::chrono::seconds(10);                    ///< for one attempt with all its addresses
    std::size_t block_size = std::size_t{64} << 10;  ///< bytes to read at a time
    connection_listener on_event = {};
};

}  // namespace weir::tcp
