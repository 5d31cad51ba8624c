/// \file
/// How `tcp::receive` reads its clients.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/runtime/clock.hpp>

#include <cstddef>

namespace weir::tcp {

/// How clients are read.
struct receive_options {
    std::size_t max_clients = 256;  ///< at once; others are turned away
    /// A client that has sent nothing for so long makes room for another, when there are as many as
    /// may be; longer ones first. By default none does.
    clock::duration idle_timeout = clock::duration::max();
    std::size_t block_size = std::size_t{64} << 10;  ///< how many bytes are read at a time
    client_listener on_event = {};                   ///< told who comes and goes, and of faults
};

}  // namespace weir::tcp
