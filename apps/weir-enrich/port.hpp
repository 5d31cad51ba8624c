/// Ports that are listened on.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/receive_options.hpp>
#include <weir/core/asio.hpp>

#include <functional>
#include <string>
#include <string_view>

#include "connections.hpp"
#include "place.hpp"

namespace weir_enrich {

/// Tells of clients, and counts them: to be called with each event but faults. `what`: "client".
std::function<void(const weir::tcp::client_event&)> client_teller(std::string what,
                                                                  connection_counts& counts);

/// How a place of tcp is read.
weir::tcp::receive_options receive_options_of(const place& from);

/// Listens at a place of tcp, and says so in the log: where, and for what. Errors: usage_error for
/// what is no address; asio::system_error, which names the address, when it cannot be listened on.
weir::tcp::listener open_port(const place& at, const asio::any_io_executor& executor,
                              std::string_view what);

}  // namespace weir_enrich
