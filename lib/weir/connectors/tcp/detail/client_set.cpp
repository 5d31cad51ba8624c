#include <weir/connectors/tcp/detail/client_set.hpp>
#include <weir/connectors/tcp/detail/readiness.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/saturating.hpp>

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::tcp::detail {

namespace {

receive_options checked(receive_options options) {
    if (options.max_clients == 0) {
        throw std::invalid_argument("weir::tcp::receive: max_clients must be at least 1");
    }
    if (options.block_size == 0) {
        throw std::invalid_argument("weir::tcp::receive: block_size must be at least 1");
    }
    if (options.idle_timeout < clock::duration::zero()) {
        throw std::invalid_argument("weir::tcp::receive: idle_timeout must not be negative");
    }
    return options;
}

}  // namespace

client_set::client_set(listener port, receive_options options)
    : options_(checked(std::move(options))),
      accept_loop_(std::move(port)),
      clients_(options_.max_clients),
      ready_(weir::detail::ready_set::of_none_yet(options_.max_clients + 1)),
      block_(std::make_unique_for_overwrite<char[]>(options_.block_size)) {
    free_.reserve(options_.max_clients);
    for (std::size_t place = options_.max_clients; place-- != 0;) free_.push_back(place);
    ready_.begin();
    ready_.add(accept_loop::number);
}

std::optional<client_input> client_set::next(poll_context& cx) {
    if (!clock_ && options_.idle_timeout != clock::duration::max())
        clock_ = &clock_of(cx.executor());
    accept_loop_.look_again(cx, ready_);
    for (;;) {
        ready_.collect();
        const std::size_t i = ready_.next_round(turn_);
        if (i == weir::detail::ready_set::none) return std::nullopt;
        turn_ = i + 1;
        if (i == accept_loop::number) {
            accept_loop_.let_in(cx, ready_,
                                [this](asio::ip::tcp::socket socket, const endpoint& remote) {
                                    take_in(std::move(socket), remote);
                                });
        } else if (auto input = read(cx, i - 1)) {
            return input;
        }
    }
}

poll_state client_set::wait(poll_context& cx) {
    if (!accept_loop_.open() && free_.size() == clients_.size()) return poll_state::finished;
    ready_.wait(cx);
    return poll_state::pending;
}

void client_set::take_in(asio::ip::tcp::socket socket, const endpoint& remote) {
    if (free_.empty()) {
        if (make_room()) {
            newcomers_.push_back({std::move(socket), remote});
            return;
        }
        reset(socket);  // not a normal end, which would mean that its bytes were processed
        return tell({connection_change::refused, remote});
    }
    asio::error_code error;
    socket.non_blocking(true, error);
    if (error) return tell({connection_change::failed, remote, 0, {}, error});
    // Detects, after some time, a peer whose machine has failed. Optional: works without it.
    asio::error_code ignored;
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    const std::size_t place = free_.back();
    clients_[place] = std::make_unique<connection>(std::move(socket), remote);
    clients_[place]->heard = now();
    if (!accept_loop_.open()) clients_[place]->left = clients_[place]->socket.available(ignored);
    free_.pop_back();
    ready_.add(place + 1);
    tell({connection_change::connected, remote});
}

/// Makes the client that was silent for the longest time leave. Returns false when no client was
/// silent for long enough.
bool client_set::make_room() {
    if (!clock_) return false;
    std::size_t longest = clients_.size();
    for (std::size_t place = 0; place != clients_.size(); ++place) {
        const auto& c = clients_[place];
        if (!c || c->has_to_go) continue;
        if (longest == clients_.size() || c->heard < clients_[longest]->heard) longest = place;
    }
    if (longest == clients_.size()) return false;
    if (deadline_after(clients_[longest]->heard, options_.idle_timeout) > now()) return false;
    clients_[longest]->has_to_go = true;
    ready_.add(longest + 1);
    return true;
}

/// A client has left: its slot is for the first newcomer.
void client_set::settle_newcomer() {
    if (newcomers_.empty()) return;
    newcomer next = std::move(newcomers_.front());
    newcomers_.erase(newcomers_.begin());
    take_in(std::move(next.socket), next.remote);
}

std::optional<client_input> client_set::read(poll_context& cx, std::size_t place) {
    if (!clients_[place]) {
        ready_.remove(place + 1);  // a late wake-up
        return std::nullopt;
    }
    connection& c = *clients_[place];
    client_input input{place};
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(options_.block_size, c.left));
    std::size_t got = 0;
    if (wanted != 0) {
        got = c.socket.read_some(asio::buffer(block_.get(), wanted), input.error);
        if (input.error == asio::error::interrupted) return std::nullopt;
        if (accept_loop_.open() && is_would_block(input.error)) {
            if (c.has_to_go) {
                input.over = input.idle = true;
                return input;
            }
            wait_for(cx, place);
            return std::nullopt;
        }
    }
    if (got == 0) {
        // While draining, this is the end of the bytes to read, and no error.
        if (is_would_block(input.error)) input.error.clear();
        input.over = true;
        return input;
    }
    c.received += got;
    if (clock_) c.heard = clock_->now();
    input.bytes = {block_.get(), got};
    if (!accept_loop_.open()) {
        c.left -= got;
    } else if (got < wanted) {
        // Most likely there are no more bytes. Asking the kernel for a wake-up costs no more than
        // another read to find that out.
        wait_for(cx, place);
    }
    return input;
}

void client_set::wait_for(poll_context& cx, std::size_t place) {
    ready_.remove(place + 1);
    wake_when(clients_[place]->socket, asio::socket_base::wait_read, ready_.waker_of(place + 1),
              cx.hold());
}

void client_set::drain() {
    if (!accept_loop_.open()) return;
    // Clients that are not accepted yet may have sent bytes. No more are accepted than there are
    // slots.
    const auto come_in = [this](asio::ip::tcp::socket socket, const endpoint& remote) {
        take_in(std::move(socket), remote);
    };
    while (!free_.empty() && accept_loop_.let_in_one(come_in)) {
    }
    accept_loop_.shut();
    for (std::size_t place = 0; place != clients_.size(); ++place) {
        if (!clients_[place]) continue;
        asio::error_code error;
        clients_[place]->left = clients_[place]->socket.available(error);
        ready_.add(place + 1);
    }
}

void client_set::leave(const client_input& last) {
    if (last.idle) {
        reset(clients_[last.client]->socket);
        return close(last.client, connection_change::idle);
    }
    const bool broke_down = last.error && last.error != asio::error::eof;
    close(last.client, broke_down ? connection_change::failed : connection_change::closed,
          last.error);
}

void client_set::drop_client(std::size_t client) {
    reset(clients_[client]->socket);  // not a normal end, which would mean that its bytes were
                                      // processed
    close(client, connection_change::dropped);
}

void client_set::close(std::size_t place, connection_change how, const asio::error_code& why) {
    const std::unique_ptr<connection> c = std::move(clients_[place]);
    free_.push_back(place);
    ready_.remove(place + 1);
    tell({how,
          c->remote,
          c->received,
          {},
          how == connection_change::failed ? why : asio::error_code()});
    settle_newcomer();
}

}  // namespace weir::tcp::detail
