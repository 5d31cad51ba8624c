/// \file
/// The options of `tcp::publish`, and its final report.
#pragma once

#include <weir/channel/overflow.hpp>
#include <weir/connectors/tcp/subscriber_event.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir::tcp {

/// Options of serving subscribers.
struct publish_options {
    std::size_t max_subscribers = 256;  ///< at once; further ones are turned away
    /// A subscriber that has taken nothing for this time, although bytes wait for it, makes room
    /// for a new one when the maximum number is connected. By default none does.
    clock::duration idle_timeout = clock::duration::max();
    std::size_t max_queue_bytes = std::size_t{4} << 20;  ///< what may wait for each of them
    overflow when_full = overflow::disconnect;           ///< for one whose queue is full
    std::size_t block_size = std::size_t{64} << 10;      ///< messages go out in such blocks
    clock::duration linger = std::chrono::seconds(5);    ///< for what is queued at the end
    subscriber_listener on_event = {};  ///< told of each connection that comes or goes
    /// Told of each block, and how many messages it had, when it is written to those that keep up
    /// and queued for the others. Called like `on_event`.
    callback<std::size_t> on_block = {};
};

/// The result of a publisher. A message sent to two subscribers is published once.
struct publish_report {
    traffic published;               ///< taken from the stream
    traffic sent;                    ///< to all subscribers together
    traffic dropped;                 ///< for all subscribers together
    std::uint64_t subscribers = 0;   ///< that connected
    std::uint64_t disconnected = 0;  ///< cut off because they were slow
    std::uint64_t refused = 0;       ///< turned away
    std::uint64_t idle = 0;          ///< that had to make room
};

}  // namespace weir::tcp
