/// Listening ports.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/receive_options.hpp>
#include <weir/core/asio.hpp>

#include <weir-enrich/model/connections.hpp>
#include <weir-enrich/model/endpoint.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace weir_enrich {

/// Logs and counts the events of clients. Call it with each event except faults. `what`: "client".
std::function<void(const weir::tcp::client_event&)> client_teller(std::string what,
                                                                  connection_counts& counts);

/// The options for reading a tcp endpoint.
weir::tcp::receive_options receive_options_of(const endpoint& from);

/// Listens at a tcp endpoint, and logs the address and `what` it is for. Errors: usage_error for an
/// invalid address; asio::system_error, which names the address, if listening fails.
weir::tcp::listener open_port(const endpoint& at, const asio::any_io_executor& executor,
                              std::string_view what);

}  // namespace weir_enrich
