/// \file
/// How `tcp::connect` connects, and what it tells of its connections.
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

/// Told of a connection. Valid during the call.
struct connection_event {
    connection_change what;
    std::uint64_t offset = 0;       ///< bytes received by it so far; of a fault: where that is
    std::string_view message = {};  ///< of a fault
    asio::error_code error = {};    ///< of a failure
    std::optional<clock::duration> next_attempt = {};  ///< how long from now, where there is one
};

/// Called on the strand of the pipeline: must not block. What it throws ends the stream.
using connection_listener = callback<const connection_event&>;

/// How to connect.
struct connect_options {
    /// Connect again, after such waits, when that has failed or the connection has ended. Without
    /// it the stream ends with its connection.
    std::optional<backoff_policy> reconnect = std::nullopt;
    clock::duration connect_timeout =
        std::chrono::seconds(10);                    ///< for one attempt, all addresses of it
    std::size_t block_size = std::size_t{64} << 10;  ///< how many bytes are read at a time
    connection_listener on_event = {};
};

}  // namespace weir::tcp
