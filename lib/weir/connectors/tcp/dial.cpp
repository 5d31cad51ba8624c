#include <weir/connectors/tcp/dial.hpp>
#include <weir/connectors/tcp/door.hpp>
#include <weir/connectors/tcp/readiness.hpp>
#include <weir/runtime/saturating.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::tcp {

std::string_view to_string(connection_change what) noexcept {
    switch (what) {
        case connection_change::connected:
            return "connected";
        case connection_change::unreachable:
            return "unreachable";
        case connection_change::fault:
            return "fault";
        case connection_change::closed:
            return "closed";
        case connection_change::lost:
            return "lost";
        case connection_change::given_up:
            return "given up";
    }
    return "";
}

/// One attempt to connect: shared with its handlers, all of which run on the strand.
struct dial::attempt {
    explicit attempt(const asio::any_io_executor& executor)
        : resolver(executor), socket(executor) {}

    void stop() {
        stopped = true;
        resolver.cancel();
        asio::error_code ignored;
        socket.close(ignored);
    }

    asio::ip::tcp::resolver resolver;
    asio::ip::tcp::socket socket;
    bool stopped = false;
};

dial::dial(asio::any_io_executor executor, std::string host, std::uint16_t port,
           connect_options options)
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

std::optional<dial::arrival> dial::next(poll_context& cx) {
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

/// One step nearer to a connection. False when a wake-up is arranged.
bool dial::connect(poll_context& cx) {
    if (resting_) {
        if (!alarm_.reached(cx, deadline_)) return false;
        resting_ = false;
    }
    if (!connecting_.started()) start_attempt(cx);
    const auto done = connecting_.poll(cx);
    asio::error_code error;
    if (done) {
        error = std::get<0>(*done);
    } else {
        if (!alarm_.reached(cx, deadline_)) return false;
        connecting_.cancel();
        error = asio::error::timed_out;
    }
    alarm_.cancel();
    const auto made = std::exchange(attempt_, nullptr);
    if (!error) made->socket.non_blocking(true, error);
    if (error) {
        try_again(cx, {connection_change::unreachable, 0, {}, error});
        return true;
    }
    socket_.emplace(std::move(made->socket));
    asio::error_code ignored;  // as good as it gets where it cannot be set
    socket_->set_option(asio::socket_base::keep_alive(true), ignored);
    received_ = 0;
    ready_.add(0);
    tell({connection_change::connected});
    return true;
}

void dial::start_attempt(poll_context& cx) {
    attempt_ = std::make_shared<attempt>(executor_);
    deadline_ = deadline_after(clock_of(cx.executor()).now(), options_.patience);
    const auto initiate = [&](auto done) {
        const auto a = attempt_;
        const auto& strand = cx.executor();
        done.get_cancellation_slot().assign([a](asio::cancellation_type) { a->stop(); });
        auto go_on = [a, strand, done = std::move(done)](
                         asio::error_code error,
                         const asio::ip::tcp::resolver::results_type& found) mutable {
            if (a->stopped) error = asio::error::operation_aborted;
            if (error) return done(error);
            auto tell = [a, done = std::move(done)](const asio::error_code& e,
                                                    const endpoint&) mutable { done(e); };
            asio::async_connect(a->socket, found, asio::bind_executor(strand, std::move(tell)));
        };
        a->resolver.async_resolve(host_, port_, asio::bind_executor(strand, std::move(go_on)));
    };
    connecting_.start(cx, initiate);
}

std::optional<dial::arrival> dial::read(poll_context& cx) {
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

void dial::lost(poll_context& cx, const asio::error_code& error) {
    const bool broke_down = error && error != asio::error::eof;
    socket_.reset();
    try_again(cx, {broke_down ? connection_change::lost : connection_change::closed,
                   received_,
                   {},
                   broke_down ? error : asio::error_code()});
}

void dial::give_up(poll_context& cx) {
    socket_.reset();
    try_again(cx, {connection_change::given_up, received_});
}

void dial::try_again(poll_context& cx, connection_event why) {
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
    if (why.what == connection_change::given_up) {
        throw std::runtime_error("weir::tcp: what comes from " + peer + " cannot be decoded");
    }
    if (why.error) {
        const char* const what = why.what == connection_change::unreachable
                                     ? "weir::tcp: cannot connect to "
                                     : "weir::tcp: lost the connection to ";
        throw asio::system_error(why.error, what + peer);
    }
}

void dial::drain() {
    if (std::exchange(draining_, true)) return;
    connecting_.cancel();
    attempt_.reset();
    alarm_.cancel();
    if (!socket_) return;
    asio::error_code error;
    left_ = socket_->available(error);
    ready_.begin();
    ready_.add(0);
}

}  // namespace weir::tcp
