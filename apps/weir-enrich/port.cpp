#include "port.hpp"

#include <spdlog/spdlog.h>

namespace weir_enrich {

weir::tcp::listener open_port(const place& at, const asio::any_io_executor& executor,
                              std::string_view what) {
    weir::tcp::listen_options options;
    options.address = asio::ip::make_address(at.host);
    options.port = at.port;
    weir::tcp::listener port(executor, options);
    spdlog::info("{}: listening on {}", what, weir::tcp::to_string(port.local()));
    return port;
}

}  // namespace weir_enrich
