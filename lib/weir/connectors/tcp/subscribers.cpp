#include <weir/connectors/tcp/readiness.hpp>
#include <weir/connectors/tcp/subscribers.hpp>
#include <weir/runtime/saturating.hpp>

#include <stdexcept>
#include <utility>

namespace weir::tcp {

namespace {

publish_options checked(publish_options options) {
    if (options.max_subscribers == 0) {
        throw std::invalid_argument("weir::tcp::publish: max_subscribers must be at least 1");
    }
    if (options.block_size == 0) {
        throw std::invalid_argument("weir::tcp::publish: block_size must be at least 1");
    }
    if (options.queue_bytes == 0) {
        throw std::invalid_argument("weir::tcp::publish: queue_bytes must be at least 1");
    }
    return options;
}

constexpr std::size_t blocks_at_a_time = 32;
constexpr int most_unheard = 16;  // reads of what a subscriber has said, before it is closed

}  // namespace

std::string_view to_string(subscriber_change what) noexcept {
    switch (what) {
        case subscriber_change::came:
            return "came";
        case subscriber_change::refused:
            return "refused";
        case subscriber_change::fell_behind:
            return "fell behind";
        case subscriber_change::disconnected:
            return "disconnected";
        case subscriber_change::left:
            return "left";
        case subscriber_change::failed:
            return "failed";
        case subscriber_change::served:
            return "served";
        case subscriber_change::cut_short:
            return "cut short";
    }
    return "";
}

subscribers::subscribers(listener port, publish_options options)
    : options_(checked(std::move(options))),
      door_(std::move(port)),
      places_(options_.max_subscribers),
      ready_(ready_set::of_none_yet(2 * options_.max_subscribers + 1)) {
    free_.reserve(options_.max_subscribers);
    for (std::size_t place = options_.max_subscribers; place-- != 0;) free_.push_back(place);
    gathered_.reserve(blocks_at_a_time);
    ready_.begin();
    ready_.add(door::number);
}

void subscribers::work(poll_context& cx) {
    ready_.begin();
    ready_.collect();
    door_.look_again(cx, ready_);
    for (std::size_t i = ready_.next(0); i != ready_set::none; i = ready_.next(i + 1)) {
        if (i == door::number) {
            door_.let_in(cx, ready_, [&](asio::ip::tcp::socket socket, const endpoint& remote) {
                take_in(cx, std::move(socket), remote);
            });
            continue;
        }
        ready_.remove(i);
        const std::size_t place = (i - 1) / 2;
        if (!places_[place]) continue;  // woken late
        if (i == number_of(place, asio::socket_base::wait_read)) {
            listen_to(cx, place);
        } else if (std::exchange(places_[place]->blocked, false)) {
            drain_queue(cx, place);
        }
    }
}

void subscribers::take_in(poll_context& cx, asio::ip::tcp::socket socket, const endpoint& remote) {
    if (free_.empty()) return tell({subscriber_change::refused, remote});
    asio::error_code error;
    socket.non_blocking(true, error);
    if (error) return tell({subscriber_change::failed, remote, {}, {}, error});
    // As good as it gets where these cannot be set. What is small goes out at once: blocks are made
    // here, and not by the kernel.
    asio::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    const std::size_t place = free_.back();
    places_[place] =
        std::make_unique<subscription>(std::move(socket), remote, options_.queue_bytes);
    free_.pop_back();
    ++report_.subscribers;
    wait_for(cx, place, asio::socket_base::wait_read);
    tell({subscriber_change::came, remote});
}

void subscribers::wait_for(poll_context& cx, std::size_t place,
                           asio::socket_base::wait_type ready) {
    wake_when(places_[place]->socket, ready, ready_.waker_of(number_of(place, ready)), cx.hold());
}

/// Only to notice when it goes: what it says is of no interest.
void subscribers::listen_to(poll_context& cx, std::size_t place) {
    asio::error_code error;
    places_[place]->socket.read_some(asio::buffer(unheard_), error);
    if (error == asio::error::eof) return close(place, subscriber_change::left);
    if (error && !is_would_block(error) && error != asio::error::interrupted) {
        return close(place, subscriber_change::failed, error);
    }
    wait_for(cx, place, asio::socket_base::wait_read);
}

void subscribers::drain_queue(poll_context& cx, std::size_t place) {
    subscription& s = *places_[place];
    while (!s.queue.empty()) {
        s.queue.gather(gathered_, blocks_at_a_time);
        asio::error_code error;
        traffic done;
        s.queue.advance(s.socket.write_some(gathered_, error), done);
        s.sent += done;
        report_.sent += done;
        if (is_would_block(error)) {
            s.blocked = true;
            return wait_for(cx, place, asio::socket_base::wait_write);
        }
        if (error && error != asio::error::interrupted) {
            return close(place, subscriber_change::failed, error);
        }
    }
    s.behind = false;
}

void subscribers::publish(poll_context& cx, message_block& block) {
    report_.published.add(block);
    std::shared_ptr<const message_block> kept;  // for those who cannot be sent all of it now
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (!places_[place]) continue;
        std::size_t sent = 0;
        if (!places_[place]->blocked) {
            const auto went = send(place, block);
            if (!went) continue;
            sent = *went;
            if (sent == block.bytes.size()) continue;
        }
        // A copy of the right size: the block's own memory is for the next one.
        if (!kept) kept = std::make_shared<const message_block>(block);
        queue(place, kept, sent);
        if (places_[place] && !std::exchange(places_[place]->blocked, true)) {
            wait_for(cx, place, asio::socket_base::wait_write);
        }
    }
    block.bytes.clear();
    const std::size_t messages = std::exchange(block.messages, 0);
    if (options_.on_block) options_.on_block(messages);
}

std::optional<std::size_t> subscribers::send(std::size_t place, const message_block& block) {
    subscription& s = *places_[place];
    asio::error_code error;
    const std::size_t sent = s.socket.write_some(asio::buffer(block.bytes), error);
    if (error && !is_would_block(error) && error != asio::error::interrupted) {
        close(place, subscriber_change::failed, error);
        return std::nullopt;
    }
    if (sent == block.bytes.size()) {
        s.sent.add(block);
        report_.sent.add(block);
    }
    return sent;
}

void subscribers::queue(std::size_t place, const std::shared_ptr<const message_block>& b,
                        std::size_t sent) {
    subscription& s = *places_[place];
    if (sent != 0 || options_.on_overflow == when_behind::wait ||
        s.queue.has_room(b->bytes.size())) {
        s.behind = s.behind && options_.on_overflow == when_behind::drop_oldest;
        return s.queue.put(b, sent);
    }
    if (options_.on_overflow == when_behind::disconnect) {
        ++report_.disconnected;
        return close(place, subscriber_change::disconnected);
    }
    traffic missed;
    if (options_.on_overflow == when_behind::drop_oldest) {
        s.queue.make_room(b->bytes.size(), missed);
        s.queue.put(b);
    } else {
        missed.add(*b);
    }
    s.dropped += missed;
    report_.dropped += missed;
    if (!std::exchange(s.behind, true)) {
        tell({subscriber_change::fell_behind, s.remote, s.sent, s.dropped});
    }
}

bool subscribers::has_room() const noexcept {
    if (options_.on_overflow != when_behind::wait) return true;
    for (const auto& s : places_) {
        if (s && !s->queue.has_room(options_.block_size)) return false;
    }
    return true;
}

void subscribers::wait(poll_context& cx) {
    if (ready_.next(0) != ready_set::none) return cx.wake();  // more wait at the door
    ready_.wait(cx);
}

bool subscribers::finish(poll_context& cx) {
    door_.shut();
    bool all_sent = true;
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (!places_[place]) continue;
        if (places_[place]->queue.empty()) {
            close(place, subscriber_change::served);
        } else {
            all_sent = false;
        }
    }
    if (all_sent) return true;
    if (!deadline_) deadline_ = deadline_after(clock_of(cx.executor()).now(), options_.linger);
    if (!alarm_.reached(cx, *deadline_)) {
        ready_.wait(cx);
        return false;
    }
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (places_[place]) close(place, subscriber_change::cut_short);
    }
    return true;
}

void subscribers::close(std::size_t place, subscriber_change how, const asio::error_code& why) {
    const std::unique_ptr<subscription> s = std::move(places_[place]);
    free_.push_back(place);
    traffic unsent;
    s->queue.clear(unsent);
    s->dropped += unsent;
    report_.dropped += unsent;
    if (how == subscriber_change::served) {
        // Had it said something that nobody has read, it might be told of an error before it has
        // read to the end.
        asio::error_code error;
        s->socket.shutdown(asio::socket_base::shutdown_send, error);
        for (int n = 0; !error && n != most_unheard; ++n) {
            s->socket.read_some(asio::buffer(unheard_), error);
        }
    }
    tell({how, s->remote, s->sent, s->dropped, why});
}

}  // namespace weir::tcp
