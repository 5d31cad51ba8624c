/// \file
/// The subscribers of a publisher.
#pragma once

#include <weir/connectors/tcp/detail/accept_loop.hpp>
#include <weir/connectors/tcp/detail/send_queue.hpp>
#include <weir/connectors/tcp/listener.hpp>
#include <weir/connectors/tcp/publish_options.hpp>
#include <weir/connectors/tcp/subscriber_event.hpp>
#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/ready_set.hpp>

#include <asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace weir::tcp::detail {

/// The sockets of `publish`; it does not interpret the bytes. Used on the strand of the pipeline.
class subscribers {
public:
    /// Errors: `std::invalid_argument` for invalid options.
    subscribers(listener port, publish_options options);
    subscribers(const subscribers&) = delete;
    subscribers& operator=(const subscribers&) = delete;
    /// Subscribers that are still connected are cut off.
    ~subscribers();

    const publish_options& options() const noexcept { return options_; }

    /// To be called at the beginning of a poll: accepts new subscribers, sends the bytes that can
    /// be sent, and removes subscribers that have left.
    void work(poll_context& cx);
    /// Sends `block` to all: the part that can be sent without waiting at once, and the rest is
    /// queued. Leaves it empty.
    void publish(poll_context& cx, message_block& block);
    /// False while the stream must wait for a subscriber.
    bool has_room() const noexcept;
    /// The poller is woken when there is something to `work` on.
    void wait(poll_context& cx);
    /// The end: accepts no more subscribers. True when everything is sent, or the time for that has
    /// passed, and all connections are closed; otherwise a wake-up is arranged.
    bool finish(poll_context& cx);

    const publish_report& report() const noexcept { return report_; }

private:
    struct subscription {
        subscription(asio::ip::tcp::socket s, const endpoint& e, std::size_t limit)
            : socket(std::move(s)), remote(e), queue(limit) {}
        asio::ip::tcp::socket socket;
        endpoint remote;
        send_queue queue;
        traffic sent;
        traffic dropped;
        bool blocked = false;  // waits until it can be written to
        bool behind = false;   // has missed the last block
        bool talks = false;    // has sent something
        bool quiet = false;    // has closed its sending side, or the whole connection
        std::uint64_t sent_when_quiet = 0;
        bool told_end = false;      // our sending side is shut
        clock::time_point taken{};  // while it is blocked: when it last took something
    };

    void take_in(poll_context& cx, asio::ip::tcp::socket socket, const endpoint& remote);
    void wait_for(poll_context& cx, std::size_t place, asio::socket_base::wait_type ready);
    void listen_to(poll_context& cx, std::size_t place);
    void notice_end(poll_context& cx, std::size_t place);
    void drain_queue(poll_context& cx, std::size_t place);
    /// Sends without waiting; returns nothing when the subscriber had to be closed.
    std::optional<std::size_t> send(std::size_t place, const message_block& block);
    void queue(std::size_t place, const std::shared_ptr<const message_block>& b, std::size_t sent);
    bool make_room(poll_context& cx);
    static bool may_be_gone(subscription& s);
    void fail(std::size_t place, const asio::error_code& why);
    bool part(std::size_t place);
    void close(std::size_t place, connection_change how, const asio::error_code& why = {});
    void tell(const subscriber_event& event) const {
        if (options_.on_event) options_.on_event(event);
    }

    // In the set, 0 is the port. For the subscriber in slot n, 2n + 1 means that it can be read
    // from, and 2n + 2 that it can be written to.
    static constexpr std::size_t none = std::size_t(-1);
    static constexpr std::size_t number_of(std::size_t place, asio::socket_base::wait_type ready) {
        return 2 * place + (ready == asio::socket_base::wait_read ? 1 : 2);
    }

    publish_options options_;
    accept_loop accept_loop_;  // shut: at the end
    std::vector<std::unique_ptr<subscription>> places_;
    std::vector<std::size_t> free_;
    weir::detail::ready_set ready_;
    publish_report report_;
    std::vector<asio::const_buffer> gathered_;
    std::array<char, 4096> unheard_;  // input of subscribers, which is discarded
    alarm alarm_;
    std::optional<clock::time_point> deadline_;
    alarm look_;  // for the next check of the confirmations
    std::optional<clock::time_point> look_at_;
};

}  // namespace weir::tcp::detail
