/// Ports that are listened on.
#pragma once

#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>

#include <string_view>

#include "place.hpp"

namespace weir_enrich {

/// Listens at a place of tcp, and says so in the log: where, and for what. Errors: usage_error for
/// what is no address; asio::system_error, which names the address, when it cannot be listened on.
weir::tcp::listener open_port(const place& at, const asio::any_io_executor& executor,
                              std::string_view what);

}  // namespace weir_enrich
