/// \file
/// The events of subscribers.
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

/// An event of one subscriber. Valid during the call.
struct subscriber_event {
    connection_change what;
    const endpoint& subscriber;
    traffic sent = {};     ///< so far, to this subscriber
    traffic dropped = {};  ///< for this one, by its queue; and the unsent rest when it was closed
    asio::error_code error = {};
};

/// Called on the strand of the pipeline: must not block. What it throws ends the pipeline.
using subscriber_listener = callback<const subscriber_event&>;

}  // namespace weir::tcp
