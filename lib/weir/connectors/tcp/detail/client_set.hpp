/// \file
/// The clients that send: who they are, and which of them has something.
#pragma once

#include <weir/connectors/tcp/client_event.hpp>
#include <weir/connectors/tcp/detail/accept_loop.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/receive_options.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/ready_set.hpp>

#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::tcp::detail {

/// What came of a client.
struct client_input {
    std::size_t client;           ///< its place, below `max_clients`
    bool over = false;            ///< there will be no more of it: to be followed by `leave`
    std::string_view bytes = {};  ///< until the next call
    asio::error_code error = {};  ///< why it is over
    bool idle = false;            ///< it has to make room
};

/// The sockets behind `receive`; what the bytes mean is not known here. Used on the strand of the
/// stream; what it polls with is a `ready_set`, so that a wake-up reads one client and not all.
class client_set {
public:
    /// Errors: `std::invalid_argument` for options that make no sense.
    client_set(listener port, receive_options options);

    /// To be called at the beginning of a poll.
    void begin() { ready_.begin(); }
    /// Reads the next client that has something, in turn; nothing when there is none. Accepts.
    std::optional<client_input> next(poll_context& cx);
    /// When there was nothing: `finished`, or `pending` and a wake-up is arranged.
    poll_state wait(poll_context& cx);

    /// Takes nobody in any more, and no more from those who are here than has been received.
    void drain();

    /// Tells of a fault in what a client has sent.
    template <class Fault>
    void tell_fault(std::size_t client, const Fault& fault) {
        if (!options_.on_event) return;
        tell({connection_change::fault, clients_[client]->remote, fault.offset, fault.message()});
    }
    /// Closes the connection of a client, and tells.
    void leave(const client_input& last);
    void drop_client(std::size_t client);

private:
    struct connection {
        connection(asio::ip::tcp::socket s, const endpoint& e) : socket(std::move(s)), remote(e) {}
        asio::ip::tcp::socket socket;
        endpoint remote;
        std::uint64_t received = 0;
        std::uint64_t left = std::uint64_t(-1);  // to be read at the most: see `drain`
        clock::time_point heard{};               // when it came, or sent something last
        bool has_to_go = false;                  // for one of the newcomers
    };
    struct newcomer {
        asio::ip::tcp::socket socket;
        endpoint remote;
    };

    void take_in(asio::ip::tcp::socket socket, const endpoint& remote);
    bool make_room();
    void settle_newcomer();
    clock::time_point now() const { return clock_ ? clock_->now() : clock::time_point(); }
    std::optional<client_input> read(poll_context& cx, std::size_t place);
    void wait_for(poll_context& cx, std::size_t place);
    void close(std::size_t place, connection_change how, const asio::error_code& why = {});
    void tell(const client_event& event) const {
        if (options_.on_event) options_.on_event(event);
    }

    // In the set, 0 is the door and n + 1 the client at place n.
    receive_options options_;
    accept_loop accept_loop_;  // shut: draining
    std::vector<std::unique_ptr<connection>> clients_;
    std::vector<std::size_t> free_;
    std::vector<newcomer> newcomers_;  // one for each that has to go
    clock* clock_ = nullptr;           // where idle clients make room
    weir::detail::ready_set ready_;
    std::unique_ptr<char[]> block_;  // read into by all: what is cut waits in a decoder
    std::size_t turn_ = 0;
};

}  // namespace weir::tcp::detail
