/// \file
/// What happens to subscribers.
#pragma once

#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/outbox.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/callback.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace weir::tcp {

/// What has happened.
enum class subscriber_change : std::uint8_t {
    came,          ///< it is connected, and gets what is sent from now on
    refused,       ///< it was turned away: there are as many as may be
    fell_behind,   ///< its queue is full, and it misses blocks until there is room again
    disconnected,  ///< it was cut off because its queue was full
    idle,          ///< it was cut off: it had taken nothing for long, and another needed its place
    left,          ///< it has closed the connection
    failed,        ///< the connection has broken down; `error` says how
    served,        ///< the stream has ended, and its system has confirmed that it has everything
    cut_short      ///< the stream has ended, and not all could be sent in time
};

/// Told of one subscriber. Valid during the call.
struct subscriber_event {
    subscriber_change what;
    const endpoint& subscriber;
    traffic sent = {};     ///< so far, to this one
    traffic dropped = {};  ///< for this one, by its queue; and what was not sent when it went
    asio::error_code error = {};
};

/// Called on the strand of the pipeline: must not block. What it throws ends the pipeline.
using subscriber_listener = callback<const subscriber_event&>;

/// For logs: "came", "refused", ...
std::string_view to_string(subscriber_change what) noexcept;

}  // namespace weir::tcp
