/// \file
/// Accepts connections in a stream that also has other work.
#pragma once

#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/ready_set.hpp>

#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace weir::tcp::detail {

/// The port of a stream that polls with a `ready_set`, as its number 0. It accepts a few clients at
/// a time, and tries again later if the system has no room for another socket. Used on the strand
/// of the stream.
class accept_loop {
public:
    static constexpr std::size_t number = 0;

    explicit accept_loop(listener port) noexcept : port_(std::move(port)) {}

    bool open() const noexcept { return port_.has_value(); }
    /// Clients that were not accepted yet are turned away.
    void shut() noexcept {
        port_.reset();
        again_at_.reset();
    }

    /// Accepts some of the waiting clients, and calls `take_in(socket, remote)` with each. To be
    /// called when the port is in the set; it leaves the set when no client waits.
    template <class TakeIn>
    void let_in(poll_context& cx, weir::detail::ready_set& ready, TakeIn&& take_in) {
        ready.remove(number);
        for (int n = 0; port_ && n != at_a_time; ++n) {
            auto socket = accept(cx, ready);
            if (!socket) return;
            take_in(std::move(*socket), remote_);
        }
        if (port_) ready.add(number);
    }

    /// The same for the next of the clients that wait now. Returns false when there is none.
    template <class TakeIn>
    bool let_in_one(TakeIn&& take_in) {
        asio::error_code error;
        auto socket = port_->acceptor().accept(remote_, error);
        if (error) return false;
        take_in(std::move(socket), remote_);
        return true;
    }

    /// Puts the port back in the set when it is time to try again. To be called in each poll.
    void look_again(poll_context& cx, weir::detail::ready_set& ready) {
        if (again_at_ && alarm_.reached(cx, *again_at_)) {
            again_at_.reset();
            ready.add(number);
        }
    }

private:
    /// A client; or nothing when a wake-up is arranged.
    std::optional<asio::ip::tcp::socket> accept(poll_context& cx, weir::detail::ready_set& ready);

    static constexpr int at_a_time = 16;

    std::optional<listener> port_;
    endpoint remote_;
    alarm alarm_;
    std::optional<clock::time_point> again_at_;
};

/// True for the error of a call that would have to wait.
inline bool is_would_block(const asio::error_code& error) noexcept {
    return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace weir::tcp::detail
