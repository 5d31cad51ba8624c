#include <weir/connectors/tcp/detail/accept_loop.hpp>
#include <weir/connectors/tcp/detail/readiness.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/saturating.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <system_error>

namespace weir::tcp::detail {

namespace {

/// True when nothing can be accepted until something is closed. The client is not at fault.
bool is_out_of_room(const asio::error_code& error) {
    return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
           error == asio::error::no_memory || error == std::errc::too_many_files_open_in_system;
}

constexpr auto room_is_looked_for = std::chrono::milliseconds(100);

}  // namespace

std::optional<asio::ip::tcp::socket> accept_loop::accept(poll_context& cx,
                                                         weir::detail::ready_set& ready) {
    for (;;) {
        asio::error_code error;
        auto socket = port_->acceptor().accept(remote_, error);
        if (!error) return socket;
        if (is_would_block(error)) {
            wake_when_called(port_->acceptor(), ready.waker_of(number), cx.hold());
            return std::nullopt;
        }
        if (is_out_of_room(error)) {
            again_at_ = deadline_after(clock_of(cx.executor()).now(), room_is_looked_for);
            look_again(cx, ready);
            return std::nullopt;
        }
        // Any other error belongs to a connection that was closed before it was accepted.
    }
}

}  // namespace weir::tcp::detail
