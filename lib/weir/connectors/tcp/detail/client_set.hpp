/// \file
/// The clients that send, and the choice of the next one to read.
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

/// The input of a client.
struct client_input {
    std::size_t client;           ///< its slot, below `max_clients`
    bool over = false;            ///< there is no more: call `leave` next
    std::string_view bytes = {};  ///< valid until the next call
    asio::error_code error = {};  ///< why it ended
    bool idle = false;            ///< it must make room
};

/// The sockets of `receive`; it does not interpret the bytes. Used on the strand of the stream. It
/// polls with a `ready_set`, so a wake-up reads one client and not all.
class client_set {
public:
    /// Errors: `std::invalid_argument` for invalid options.
    client_set(listener port, receive_options options);

    /// To be called at the beginning of a poll.
    void begin() { ready_.begin(); }
    /// Reads the next client that has input, in turn; nothing when there is none. Also accepts
    /// clients.
    std::optional<client_input> next(poll_context& cx);
    /// To be called when there was nothing: `finished`, or `pending` and a wake-up is arranged.
    poll_state wait(poll_context& cx);

    /// Accepts no more clients, and reads only the bytes that were received so far.
    void drain();

    /// Reports a fault in the bytes of a client.
    template <class Fault>
    void tell_fault(std::size_t client, const Fault& fault) {
        if (!options_.on_event) return;
        tell({connection_change::fault, clients_[client]->remote, fault.offset, fault.message()});
    }
    /// Closes the connection of a client, and reports it.
    void leave(const client_input& last);
    void drop_client(std::size_t client);

private:
    struct connection {
        connection(asio::ip::tcp::socket s, const endpoint& e) : socket(std::move(s)), remote(e) {}
        asio::ip::tcp::socket socket;
        endpoint remote;
        std::uint64_t received = 0;
        std::uint64_t left = std::uint64_t(-1);  // bytes to read at most: see `drain`
        clock::time_point heard{};               // when it connected, or last sent something
        bool has_to_go = false;                  // to make room for a newcomer
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

    // In the set, 0 is the port and n + 1 the client in slot n.
    receive_options options_;
    accept_loop accept_loop_;  // shut: draining
    std::vector<std::unique_ptr<connection>> clients_;
    std::vector<std::size_t> free_;
    std::vector<newcomer> newcomers_;  // one for each client that has to leave
    clock* clock_ = nullptr;           // set if idle clients make room
    weir::detail::ready_set ready_;
    std::unique_ptr<char[]> block_;  // shared by all reads: incomplete values wait in a decoder
    std::size_t turn_ = 0;
};

}  // namespace weir::tcp::detail
