#include <weir/connectors/tcp/detail/readiness.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/detail/serial_queue.hpp>

#include <asio/ip/tcp.hpp>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <utility>

namespace weir::tcp::detail {

namespace {

class wake_up {
public:
    wake_up(wakeable& target, ticket scope)
        : who_(waker::share(&target)), scope_(std::move(scope)) {}

    // The error is ignored, because the next read of the socket reports it.
    void operator()(const asio::error_code& /*error*/) {
        // The ticket is released last: then the pipeline may complete, and the context may be
        // destroyed.
        const ticket scope = std::move(scope_);
        const waker target = std::move(who_);
        weir::detail::serial_queue::wake_here(*target);
    }

private:
    waker who_;
    ticket scope_;
};

}  // namespace

void wake_when(asio::ip::tcp::socket& socket, asio::socket_base::wait_type ready, wakeable& target,
               ticket scope) {
    socket.async_wait(ready, wake_up(target, std::move(scope)));
}

void wake_when_failed(asio::ip::tcp::socket& socket, wakeable& target, ticket scope) {
    socket.async_wait(asio::socket_base::wait_error, wake_up(target, std::move(scope)));
}

void wake_when_called(asio::ip::tcp::acceptor& acceptor, wakeable& target, ticket scope) {
    acceptor.async_wait(asio::socket_base::wait_read, wake_up(target, std::move(scope)));
}

void reset(asio::ip::tcp::socket& socket) noexcept {
    asio::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

std::size_t unacknowledged(asio::ip::tcp::socket& socket) noexcept {
    int bytes = 0;
    return ::ioctl(socket.native_handle(), SIOCOUTQ, &bytes) == 0 && bytes > 0
               ? static_cast<std::size_t>(bytes)
               : 0;
}

bool says_no_more(asio::ip::tcp::socket& socket) noexcept {
    char byte = 0;
    return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool is_gone(asio::ip::tcp::socket& socket) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
           info.tcpi_state == TCP_CLOSE;
}

void look_after(asio::ip::tcp::socket& socket, std::chrono::seconds idle) noexcept {
    asio::error_code ignored;
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    const auto set = [fd = socket.native_handle()](int option, int value) {
        static_cast<void>(::setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value));
    };
    constexpr int questions = 3;
    set(TCP_KEEPIDLE, static_cast<int>(idle.count()));
    set(TCP_KEEPINTVL, static_cast<int>(idle.count() / questions));
    set(TCP_KEEPCNT, questions);
}

}  // namespace weir::tcp::detail
