/// \file
/// The connection of a client, and the next when it is lost.
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

/// The socket behind `connect`; what the bytes mean is not known here. Used on the strand of the
/// stream.
class client_connection {
public:
    /// What has come.
    struct arrival {
        bool over = false;            ///< the last of a connection: to be followed by `lost`
        std::string_view bytes = {};  ///< until the next call
        asio::error_code error = {};  ///< why it is over
    };

    /// Errors: `std::invalid_argument` for options that make no sense.
    client_connection(asio::any_io_executor executor, std::string host, std::uint16_t port,
                      connect_options options);

    /// What has come; nothing when a wake-up is arranged, or all is `over`.
    /// Errors: `asio::system_error` that names the host, when it cannot be reached and is not tried
    /// again.
    std::optional<arrival> next(poll_context& cx);
    bool over() const noexcept { return over_; }

    /// The connection has ended. Errors: as `next`.
    void lost(poll_context& cx, const asio::error_code& error);
    /// The same for one with which nothing can be begun. Errors: `std::runtime_error`.
    void give_up(poll_context& cx);
    /// Something of use has come: the next waits begin anew.
    void worked() noexcept {
        if (waits_) waits_->reset();
    }
    /// Reads no more than has been received, and connects no more.
    void drain();

    template <class Fault>
    void tell_fault(const Fault& fault) const {
        if (!options_.on_event) return;
        tell({connection_change::fault, fault.offset, fault.message()});
    }

private:
    using addresses = asio::ip::tcp::resolver::results_type;
    /// An address that is being connected to; its socket is shared with the handler.
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
    std::uint64_t left_ = std::uint64_t(-1);  // to be read at the most: see `drain`
    // An attempt to connect.
    bool attempting_ = false;
    weir::async_operation<asio::error_code, addresses> resolving_;
    addresses found_;
    addresses::const_iterator next_;  // address to connect to
    std::vector<racer> racers_;
    asio::error_code failure_;  // of the last address that failed
    alarm stagger_;             // until the next address is tried too
    clock::time_point stagger_until_{};

    alarm alarm_;  // of the patience, or of the next attempt
    clock::time_point deadline_{};
    bool resting_ = false;  // until `deadline_`
    bool draining_ = false;
    bool over_ = false;
};

}  // namespace weir::tcp::detail
