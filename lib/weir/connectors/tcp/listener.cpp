#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>

#include <asio/ip/tcp.hpp>

namespace weir::tcp {

std::string to_string(const endpoint& where) {
    const std::string address = where.address().to_string();
    const std::string port = std::to_string(where.port());
    return where.address().is_v6() ? '[' + address + "]:" + port : address + ':' + port;
}

listener::listener(const asio::any_io_executor& executor, const listen_options& options)
    : acceptor_(executor), local_(options.address, options.port) {
    try {
        acceptor_.open(local_.protocol());
        // Do not wait for the connections of an earlier program to expire. On Linux two programs
        // still cannot listen on the same port.
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(local_);
        acceptor_.listen(options.backlog);
        acceptor_.non_blocking(true);
        local_ = acceptor_.local_endpoint();
    } catch (const asio::system_error& e) {
        throw asio::system_error(e.code(), "weir::tcp: cannot listen on " + to_string(local_));
    }
}

}  // namespace weir::tcp
