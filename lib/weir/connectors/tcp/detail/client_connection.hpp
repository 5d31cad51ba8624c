/// \file
/// The connection of a client, and the next one when it is lost.
#pragma once

#include <weir/connectors/tcp/connect_options.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/backoff.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/ready_set.hpp>

#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tcp::detail {

/// The socket of `connect`; it does not interpret the bytes. Used on the strand of the stream.
class client_connection {
public:
    /// Received bytes, or the end of a connection.
    struct arrival {
        bool over = false;            ///< the last of a connection: call `lost` next
        std::string_view bytes = {};  ///< valid until the next call
        asio::error_code error = {};  ///< why it ended
    };

    /// Errors: `std::invalid_argument` for invalid options.
    client_connection(asio::any_io_executor executor, std::string host, std::uint16_t port,
                      connect_options options);

    /// The next arrival; nothing when a wake-up is arranged, or all is `over`. Errors:
    /// `asio::system_error` that names the host, when it cannot be reached and there are no further
    /// attempts.
    std::optional<arrival> next(poll_context& cx);
    bool over() const noexcept { return over_; }

    /// The connection has ended. Errors: as `next`.
    void lost(poll_context& cx, const asio::error_code& error);
    /// The same for a connection whose bytes cannot be decoded. Errors: `std::runtime_error`.
    void give_up(poll_context& cx);
    /// A value was received: the next waits start from the beginning.
    void worked() noexcept {
        if (waits_) waits_->reset();
    }
    /// Reads only the bytes received so far, and connects no more.
    void drain();

    template <class Fault>
    void tell_fault(const Fault& fault) const {
        if (!options_.on_event) return;
        tell({connection_change::fault, fault.offset, fault.message()});
    }

private:
    using addresses = asio::ip::tcp::resolver::results_type;
    /// An address to which an attempt is under way; its socket is shared with the handler.
    struct racer {
        std::shared_ptr<asio::ip::tcp::socket> socket;
        weir::async_operation<asio::error_code> connecting;
    };
    enum class progress : std::uint8_t { waits, connected, failed };

    std::optional<arrival> read(poll_context& cx);
    bool connect(poll_context& cx);
    void start_attempt(poll_context& cx);
    progress resolve(poll_context& cx);
    progress race(poll_context& cx);
    void start_next(poll_context& cx);
    void stop_attempt();
    void try_again(poll_context& cx, connection_event why);
    void tell(const connection_event& event) const {
        if (options_.on_event) options_.on_event(event);
    }

    asio::any_io_executor executor_;
    std::string host_;
    std::string port_;
    connect_options options_;
    std::optional<backoff> waits_;
    std::unique_ptr<char[]> block_;
    weir::detail::ready_set ready_{1};
    std::optional<asio::ip::tcp::socket> socket_;  // none: not connected
    std::uint64_t received_ = 0;
    std::uint64_t left_ = std::uint64_t(-1);  // bytes to read at most: see `drain`
    // An attempt to connect.
    bool attempting_ = false;
    weir::async_operation<asio::error_code, addresses> resolving_;
    addresses found_;
    addresses::const_iterator next_;  // the next address to try
    std::vector<racer> racers_;
    asio::error_code failure_;  // of the last address that failed
    alarm stagger_;             // until the next address is tried as well
    clock::time_point stagger_until_{};

    alarm alarm_;  // for the timeout, or for the next attempt
    clock::time_point deadline_{};
    bool resting_ = false;  // until `deadline_`
    bool draining_ = false;
    bool over_ = false;
};

}  // namespace weir::tcp::detail
