/// \file
/// What happens to subscribers.
#pragma once

#include <weir/connectors/tcp/connection_change.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/callback.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace weir::tcp {

/// Messages and their bytes.
struct traffic {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;

    traffic& operator+=(const traffic& other) noexcept {
        messages += other.messages;
        bytes += other.bytes;
        return *this;
    }
    friend bool operator==(const traffic&, const traffic&) = default;
};

/// Told of one subscriber. Valid during the call.
struct subscriber_event {
    connection_change what;
    const endpoint& subscriber;
    traffic sent = {};     ///< so far, to this one
    traffic dropped = {};  ///< for this one, by its queue; and what was not sent when it went
    asio::error_code error = {};
};

/// Called on the strand of the pipeline: must not block. What it throws ends the pipeline.
using subscriber_listener = callback<const subscriber_event&>;

}  // namespace weir::tcp
