#include <weir/connectors/tcp/readiness.hpp>
#include <weir/runtime/serial_queue.hpp>

#include <utility>

namespace weir::tcp {

namespace {

class wake_up {
public:
    wake_up(wakeable& who, ticket scope) : who_(waker::share(&who)), scope_(std::move(scope)) {}

    // Whatever has become of the socket, the next read of it will say.
    void operator()(const asio::error_code& /*error*/) {
        // The ticket goes last: then the pipeline may complete, and the context go.
        const ticket scope = std::move(scope_);
        const waker who = std::move(who_);
        serial_queue::wake_here(*who);
    }

private:
    waker who_;
    ticket scope_;
};

}  // namespace

void wake_when(asio::ip::tcp::socket& socket, asio::socket_base::wait_type ready, wakeable& who,
               ticket scope) {
    socket.async_wait(ready, wake_up(who, std::move(scope)));
}

void wake_when_called(asio::ip::tcp::acceptor& acceptor, wakeable& who, ticket scope) {
    acceptor.async_wait(asio::socket_base::wait_read, wake_up(who, std::move(scope)));
}

}  // namespace weir::tcp
