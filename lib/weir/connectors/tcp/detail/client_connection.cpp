#include <weir/connectors/tcp/detail/accept_loop.hpp>
#include <weir/connectors/tcp/detail/client_connection.hpp>
#include <weir/connectors/tcp/detail/readiness.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/saturating.hpp>

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <utility>

namespace weir::tcp::detail {

namespace {

// An address is tried alone this long, before the next one is tried as well (RFC 8305).
constexpr auto head_start = std::chrono::milliseconds(250);

}  // namespace

client_connection::client_connection(asio::any_io_executor executor, std::string host,
                                     std::uint16_t port, connect_options options)
    : executor_(std::move(executor)),
      host_(std::move(host)),
      port_(std::to_string(port)),
      options_(std::move(options)) {
    if (options_.block_size == 0) {
        throw std::invalid_argument("weir::tcp::connect: block_size must be at least 1");
    }
    if (options_.reconnect) waits_.emplace(*options_.reconnect, "weir::tcp::connect");
    block_ = std::make_unique_for_overwrite<char[]>(options_.block_size);
}

std::optional<client_connection::arrival> client_connection::next(poll_context& cx) {
    ready_.begin();
    for (;;) {
        if (over_) return std::nullopt;
        if (!socket_) {
            if (draining_) {
                over_ = true;
            } else if (!connect(cx)) {
                return std::nullopt;
            }
            continue;
        }
        ready_.collect();
        if (ready_.contains(0)) {
            if (auto found = read(cx)) return found;
            continue;
        }
        ready_.wait(cx);
        return std::nullopt;
    }
}

/// Takes one step towards a connection. Returns false when a wake-up is arranged.
bool client_connection::connect(poll_context& cx) {
    if (resting_) {
        if (!alarm_.reached(cx, deadline_)) return false;
        resting_ = false;
    }
    if (!attempting_) start_attempt(cx);
    auto state = resolve(cx);
    if (state == progress::connected) state = race(cx);
    if (state == progress::waits) {
        if (!alarm_.reached(cx, deadline_)) return false;
        failure_ = asio::error::timed_out;
        state = progress::failed;
    }
    stop_attempt();
    if (state == progress::failed) {
        socket_.reset();
        try_again(cx, {connection_change::unreachable, 0, {}, failure_});
        return true;
    }
    asio::error_code ignored;  // optional: works without it
    socket_->set_option(asio::socket_base::keep_alive(true), ignored);
    received_ = 0;
    ready_.add(0);
    tell({connection_change::connected});
    return true;
}

void client_connection::start_attempt(poll_context& cx) {
    attempting_ = true;
    failure_.clear();
    deadline_ = deadline_after(clock_of(cx.executor()).now(), options_.connect_timeout);
    auto resolver = std::make_shared<asio::ip::tcp::resolver>(executor_);
    const auto initiate = [&](auto done) {
        const auto& strand = cx.executor();
        done.get_cancellation_slot().assign(
            [resolver](asio::cancellation_type) { resolver->cancel(); });
        auto tell = [done = std::move(done)](const asio::error_code& error,
                                             const addresses& found) mutable {
            done(error, found);
        };
        resolver->async_resolve(host_, port_, asio::bind_executor(strand, std::move(tell)));
    };
    resolving_.start(cx, initiate, resolver);
}

/// Here `connected` means that the addresses are known.
client_connection::progress client_connection::resolve(poll_context& cx) {
    if (!resolving_.started()) return progress::connected;
    auto done = resolving_.poll(cx);
    if (!done) return progress::waits;
    failure_ = std::get<0>(*done);
    if (failure_) return progress::failed;
    found_ = std::move(std::get<1>(*done));
    next_ = found_.begin();
    return progress::connected;
}

/// The first address that answers wins. The next one is tried when the earlier ones have failed or
/// had their head start.
client_connection::progress client_connection::race(poll_context& cx) {
    for (;;) {
        for (std::size_t i = 0; i != racers_.size();) {
            const auto done = racers_[i].connecting.poll(cx);
            if (!done) {
                ++i;
                continue;
            }
            asio::error_code error = std::get<0>(*done);
            if (!error) racers_[i].socket->non_blocking(true, error);
            if (!error) {
                socket_.emplace(std::move(*racers_[i].socket));
                return progress::connected;
            }
            failure_ = error;
            racers_.erase(racers_.begin() + static_cast<std::ptrdiff_t>(i));
        }
        if (next_ == found_.end()) {
            return racers_.empty() ? progress::failed : progress::waits;
        }
        if (!racers_.empty() && !stagger_.reached(cx, stagger_until_)) return progress::waits;
        start_next(cx);
    }
}

void client_connection::start_next(poll_context& cx) {
    const endpoint to = (next_++)->endpoint();
    stagger_until_ = deadline_after(clock_of(cx.executor()).now(), head_start);
    racer& r = racers_.emplace_back();
    r.socket = std::make_shared<asio::ip::tcp::socket>(executor_);
    const auto initiate = [&](auto done) {
        const auto& strand = cx.executor();
        const auto close = [socket = r.socket](asio::cancellation_type) {
            asio::error_code ignored;
            socket->close(ignored);
        };
        done.get_cancellation_slot().assign(close);
        auto tell = [done = std::move(done)](const asio::error_code& error) mutable {
            done(error);
        };
        r.socket->async_connect(to, asio::bind_executor(strand, std::move(tell)));
    };
    r.connecting.start(cx, initiate, r.socket);
}

void client_connection::stop_attempt() {
    attempting_ = false;
    resolving_.cancel();
    racers_.clear();  // this cancels the running ones
    alarm_.cancel();
    stagger_.cancel();
    found_ = {};
    next_ = {};
}

std::optional<client_connection::arrival> client_connection::read(poll_context& cx) {
    arrival found;
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(options_.block_size, left_));
    std::size_t got = 0;
    if (wanted != 0) {
        got = socket_->read_some(asio::buffer(block_.get(), wanted), found.error);
        if (found.error == asio::error::interrupted) return std::nullopt;
    }
    const bool no_more = got < wanted || wanted == 0;
    if (got == 0 && (!is_would_block(found.error) || draining_)) {
        if (is_would_block(found.error)) found.error.clear();
        found.over = true;
        return found;
    }
    received_ += got;
    if (draining_) {
        left_ -= got;
    } else if (no_more) {
        ready_.remove(0);
        wake_when(*socket_, asio::socket_base::wait_read, ready_.waker_of(0), cx.hold());
    }
    if (got == 0) return std::nullopt;
    found.bytes = {block_.get(), got};
    return found;
}

void client_connection::lost(poll_context& cx, const asio::error_code& error) {
    const bool broke_down = error && error != asio::error::eof;
    socket_.reset();
    try_again(cx, {broke_down ? connection_change::failed : connection_change::closed,
                   received_,
                   {},
                   broke_down ? error : asio::error_code()});
}

void client_connection::give_up(poll_context& cx) {
    socket_.reset();
    try_again(cx, {connection_change::dropped, received_});
}

void client_connection::try_again(poll_context& cx, connection_event why) {
    if (waits_ && !draining_) {
        why.next_attempt = waits_->next();
        deadline_ = deadline_after(clock_of(cx.executor()).now(), *why.next_attempt);
        resting_ = true;
        return tell(why);
    }
    tell(why);
    over_ = true;
    if (draining_) return;
    const std::string peer = host_ + ':' + port_;
    if (why.what == connection_change::dropped) {
        throw std::runtime_error("weir::tcp: what comes from " + peer + " cannot be decoded");
    }
    if (why.error) {
        const char* const what = why.what == connection_change::unreachable
                                     ? "weir::tcp: cannot connect to "
                                     : "weir::tcp: lost the connection to ";
        throw asio::system_error(why.error, what + peer);
    }
}

void client_connection::drain() {
    if (std::exchange(draining_, true)) return;
    stop_attempt();
    if (!socket_) return;
    asio::error_code error;
    left_ = socket_->available(error);
    ready_.begin();
    ready_.add(0);
}

}  // namespace weir::tcp::detail
