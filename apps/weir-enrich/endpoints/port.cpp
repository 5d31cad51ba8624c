#include "port.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace weir_enrich {

std::function<void(const weir::tcp::client_event&)> client_teller(std::string what,
                                                                  connection_counts& counts) {
    using weir::tcp::connection_change;
    auto log = std::make_shared<connection_log>(
        std::move(what), [](const std::string& line) { spdlog::info("{}", line); });
    return [log = std::move(log), &counts](const weir::tcp::client_event& e) {
        if (e.what == connection_change::refused) counts.refuse();
        if (e.what == connection_change::idle) counts.idle();
        log->add(e.client, weir::tcp::to_string(e.what));
    };
}

weir::tcp::receive_options receive_options_of(const endpoint& from) {
    weir::tcp::receive_options options;
    options.max_clients = from.most;
    options.idle_timeout = from.idle;
    return options;
}

weir::tcp::listener open_port(const endpoint& at, const asio::any_io_executor& executor,
                              std::string_view what) {
    weir::tcp::listen_options options;
    options.address = asio::ip::make_address(at.host);
    options.port = at.port;
    weir::tcp::listener port(executor, options);
    spdlog::info("{}: listening on {}", what, weir::tcp::to_string(port.local()));
    return port;
}

}  // namespace weir_enrich
