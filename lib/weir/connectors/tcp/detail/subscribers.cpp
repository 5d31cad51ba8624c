#include <weir/connectors/tcp/detail/readiness.hpp>
#include <weir/connectors/tcp/detail/subscribers.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/saturating.hpp>

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>

#include <stdexcept>
#include <utility>

namespace weir::tcp::detail {

namespace {

publish_options checked(publish_options options) {
    if (options.max_subscribers == 0) {
        throw std::invalid_argument("weir::tcp::publish: max_subscribers must be at least 1");
    }
    if (options.block_size == 0) {
        throw std::invalid_argument("weir::tcp::publish: block_size must be at least 1");
    }
    if (options.max_queue_bytes == 0) {
        throw std::invalid_argument("weir::tcp::publish: max_queue_bytes must be at least 1");
    }
    if (options.idle_timeout < clock::duration::zero()) {
        throw std::invalid_argument("weir::tcp::publish: idle_timeout must not be negative");
    }
    weir::detail::check_overflow(
        options.when_full,
        {overflow::wait, overflow::drop_oldest, overflow::drop_newest, overflow::disconnect},
        "tcp::publish");
    return options;
}

constexpr std::size_t blocks_at_a_time = 32;
constexpr int most_unheard = 16;  // reads of a subscriber's input per round

// How often to check whether a subscriber's system has confirmed the end.
constexpr auto look_every = std::chrono::milliseconds(10);

// The failure of a subscriber that is sent nothing would go unnoticed, so its system is probed
// after this time.
constexpr auto keep_alive = std::chrono::seconds(60);
// A subscriber that has closed its sending side may have left, so it is probed sooner.
constexpr auto keep_alive_quiet = std::chrono::seconds(15);

}  // namespace

subscribers::subscribers(listener port, publish_options options)
    : options_(checked(std::move(options))),
      accept_loop_(std::move(port)),
      places_(options_.max_subscribers),
      ready_(weir::detail::ready_set::of_none_yet(2 * options_.max_subscribers + 1)) {
    free_.reserve(options_.max_subscribers);
    for (std::size_t place = options_.max_subscribers; place-- != 0;) free_.push_back(place);
    gathered_.reserve(blocks_at_a_time);
    ready_.begin();
    ready_.add(accept_loop::number);
}

subscribers::~subscribers() {
    for (const auto& s : places_) {
        if (s) reset(s->socket);
    }
}

void subscribers::work(poll_context& cx) {
    ready_.begin();
    ready_.collect();
    accept_loop_.look_again(cx, ready_);
    for (std::size_t i = ready_.next(0); i != weir::detail::ready_set::none;
         i = ready_.next(i + 1)) {
        if (i == accept_loop::number) {
            accept_loop_.let_in(cx, ready_,
                                [&](asio::ip::tcp::socket socket, const endpoint& remote) {
                                    take_in(cx, std::move(socket), remote);
                                });
            continue;
        }
        ready_.remove(i);
        const std::size_t place = (i - 1) / 2;
        if (!places_[place]) continue;  // a late wake-up
        if (i == number_of(place, asio::socket_base::wait_read)) {
            listen_to(cx, place);
        } else if (std::exchange(places_[place]->blocked, false)) {
            drain_queue(cx, place);
        }
    }
}

void subscribers::take_in(poll_context& cx, asio::ip::tcp::socket socket, const endpoint& remote) {
    if (free_.empty() && !make_room(cx)) {
        reset(socket);  // not a normal end, which would mean that there are no messages
        ++report_.refused;
        return tell({connection_change::refused, remote});
    }
    asio::error_code error;
    socket.non_blocking(true, error);
    if (error) return tell({connection_change::failed, remote, {}, {}, error});
    // These options may fail; it works without them. Small blocks are sent at once: messages are
    // collected here, not by the kernel.
    asio::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    look_after(socket, keep_alive);
    const std::size_t place = free_.back();
    places_[place] =
        std::make_unique<subscription>(std::move(socket), remote, options_.max_queue_bytes);
    free_.pop_back();
    ++report_.subscribers;
    wait_for(cx, place, asio::socket_base::wait_read);
    tell({connection_change::connected, remote});
}

void subscribers::wait_for(poll_context& cx, std::size_t place,
                           asio::socket_base::wait_type ready) {
    wake_when(places_[place]->socket, ready, ready_.waker_of(number_of(place, ready)), cx.hold());
}

/// Closes a subscriber that has probably left, or takes nothing, to make room. Returns false when
/// there is none.
bool subscribers::make_room(poll_context& cx) {
    std::size_t longest = none;
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (!places_[place]) continue;
        subscription& s = *places_[place];
        if (may_be_gone(s)) {
            close(place, connection_change::closed);
            return true;
        }
        if (s.blocked && (longest == none || s.taken < places_[longest]->taken)) longest = place;
    }
    if (longest == none || options_.idle_timeout == clock::duration::max()) return false;
    const auto now = clock_of(cx.executor()).now();
    if (deadline_after(places_[longest]->taken, options_.idle_timeout) > now) return false;
    ++report_.idle;
    close(longest, connection_change::idle);
    return true;
}

/// A subscriber that has closed its sending side has either closed its connection, or may still
/// receive. Sending something to it shows which.
bool subscribers::may_be_gone(subscription& s) {
    if (is_gone(s.socket)) return true;
    if (!s.quiet) return says_no_more(s.socket);
    return s.sent.bytes == s.sent_when_quiet;
}

/// Reads only to notice when the subscriber leaves; the bytes are discarded.
void subscribers::listen_to(poll_context& cx, std::size_t place) {
    subscription& s = *places_[place];
    if (s.quiet) return notice_end(cx, place);
    asio::error_code error;
    for (int n = 0; !error && n != most_unheard; ++n) {
        if (s.socket.read_some(asio::buffer(unheard_), error) != 0) s.talks = true;
    }
    if (!error) return ready_.add(number_of(place, asio::socket_base::wait_read));
    if (error == asio::error::eof) {
        // It may still want to receive (`nc -N`). If it has left, it answers the next bytes, or at
        // the latest the next probe, with an error.
        s.quiet = true;
        s.sent_when_quiet = s.sent.bytes;
        look_after(s.socket, keep_alive_quiet);
        return notice_end(cx, place);
    }
    if (!is_would_block(error) && error != asio::error::interrupted) return fail(place, error);
    wait_for(cx, place, asio::socket_base::wait_read);
}

/// The same for a subscriber that has closed its sending side.
void subscribers::notice_end(poll_context& cx, std::size_t place) {
    subscription& s = *places_[place];
    if (s.told_end) return;  // `part` handles it
    if (is_gone(s.socket)) return close(place, connection_change::closed);
    wake_when_failed(s.socket, ready_.waker_of(number_of(place, asio::socket_base::wait_read)),
                     cx.hold());
}

/// The connection has failed. If the subscriber had closed its sending side before, it had closed
/// the whole connection, so this counts as closed.
void subscribers::fail(std::size_t place, const asio::error_code& why) {
    if (places_[place]->quiet) return close(place, connection_change::closed);
    close(place, connection_change::failed, why);
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
            s.taken = clock_of(cx.executor()).now();
            return wait_for(cx, place, asio::socket_base::wait_write);
        }
        if (error && error != asio::error::interrupted) return fail(place, error);
    }
    s.behind = false;
}

void subscribers::publish(poll_context& cx, message_block& block) {
    report_.published += block.size();
    std::shared_ptr<const message_block> kept;  // for subscribers that cannot be sent all of it now
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (!places_[place]) continue;
        std::size_t sent = 0;
        if (!places_[place]->blocked) {
            const auto went = send(place, block);
            if (!went) continue;
            sent = *went;
            if (sent == block.bytes.size()) continue;
        }
        // A copy of the right size: the next block reuses the memory of this one.
        if (!kept) kept = std::make_shared<const message_block>(block);
        queue(place, kept, sent);
        if (places_[place] && !std::exchange(places_[place]->blocked, true)) {
            places_[place]->taken = clock_of(cx.executor()).now();
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
        fail(place, error);
        return std::nullopt;
    }
    if (sent == block.bytes.size()) {
        s.sent += block.size();
        report_.sent += block.size();
    }
    return sent;
}

void subscribers::queue(std::size_t place, const std::shared_ptr<const message_block>& b,
                        std::size_t sent) {
    subscription& s = *places_[place];
    if (sent != 0 || options_.when_full == overflow::wait || s.queue.has_room(b->bytes.size())) {
        s.behind = s.behind && options_.when_full == overflow::drop_oldest;
        return s.queue.put(b, sent);
    }
    if (options_.when_full == overflow::disconnect) {
        ++report_.disconnected;
        return close(place, connection_change::disconnected);
    }
    traffic missed;
    if (options_.when_full == overflow::drop_oldest) {
        s.queue.make_room(b->bytes.size(), missed);
        s.queue.put(b);
    } else {
        missed += b->size();
    }
    s.dropped += missed;
    report_.dropped += missed;
    if (!std::exchange(s.behind, true)) {
        tell({connection_change::lagging, s.remote, s.sent, s.dropped});
    }
}

bool subscribers::has_room() const noexcept {
    if (options_.when_full != overflow::wait) return true;
    for (const auto& s : places_) {
        if (s && !s->queue.has_room(options_.block_size)) return false;
    }
    return true;
}

void subscribers::wait(poll_context& cx) {
    if (ready_.next(0) != weir::detail::ready_set::none)
        return cx.wake();  // more clients to
                           // accept
    ready_.wait(cx);
}

bool subscribers::finish(poll_context& cx) {
    accept_loop_.shut();
    bool all_gone = true;
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (places_[place] && !part(place)) all_gone = false;
    }
    if (all_gone) return true;
    const auto now = clock_of(cx.executor()).now();
    if (!deadline_) deadline_ = deadline_after(now, options_.linger);
    if (!alarm_.reached(cx, *deadline_)) {
        if (!look_at_ || *look_at_ <= now) look_at_ = deadline_after(now, look_every);
        if (look_.reached(cx, *look_at_)) cx.wake();
        if (ready_.next(0) != weir::detail::ready_set::none) cx.wake();
        ready_.wait(cx);
        return false;
    }
    for (std::size_t place = 0; place != places_.size(); ++place) {
        if (!places_[place]) continue;
        const bool has_all =
            places_[place]->told_end && unacknowledged(places_[place]->socket) == 0;
        close(place, has_all ? connection_change::served : connection_change::cut_short);
    }
    return true;
}

/// Ends one subscriber: sends the queued blocks, then the end, and then waits for its confirmation.
/// An earlier close could lose bytes. If a closed subscriber sends something, its system gets an
/// error, and bytes that were not sent by then are lost. Some systems then even discard bytes that
/// their program has not read yet. So the input of a subscriber that sends is read until it closes.
/// Returns false while it waits.
bool subscribers::part(std::size_t place) {
    subscription& s = *places_[place];
    if (!s.queue.empty()) return false;
    if (!std::exchange(s.told_end, true)) {
        asio::error_code error;
        s.socket.shutdown(asio::socket_base::shutdown_send, error);
        if (error) {
            fail(place, error);
            return true;
        }
    }
    // In this order: what a subscriber confirmed before it closed is seen after its close is seen.
    // The other way round, the last confirmation and the close could both come in between.
    const bool gone = is_gone(s.socket);
    const bool has_all = unacknowledged(s.socket) == 0;
    if (!gone && (!has_all || (s.talks && !s.quiet))) return false;
    close(place, has_all ? connection_change::served : connection_change::closed);
    return true;
}

void subscribers::close(std::size_t place, connection_change how, const asio::error_code& why) {
    const std::unique_ptr<subscription> s = std::move(places_[place]);
    free_.push_back(place);
    traffic unsent;
    s->queue.clear(unsent);
    s->dropped += unsent;
    report_.dropped += unsent;
    // A subscriber must be able to tell the difference: a normal end of the connection means the
    // end of the stream.
    if (how != connection_change::served) reset(s->socket);
    tell({how, s->remote, s->sent, s->dropped, why});
}

}  // namespace weir::tcp::detail
