/// \file
/// The options of `tcp::receive`.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/runtime/clock.hpp>

#include <cstddef>

namespace weir::tcp {

/// Options of reading clients.
struct receive_options {
    std::size_t max_clients = 256;  ///< at once; further ones are turned away
    /// A client that has sent nothing for this time makes room for a new one when the maximum
    /// number is connected; the longest silent one first. By default none does.
    clock::duration idle_timeout = clock::duration::max();
    std::size_t block_size = std::size_t{64} << 10;  ///< bytes to read at a time
    client_listener on_event = {};                   ///< gets the events of clients, and faults
};

}  // namespace weir::tcp
