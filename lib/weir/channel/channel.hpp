/// A bounded channel: one sender, one receiver, backpressure between them.
#pragma once

#include <weir/channel/channel_closed.hpp>
#include <weir/channel/detail/channel_state.hpp>
#include <weir/channel/receive_result.hpp>
#include <weir/channel/receiving_end.hpp>
#include <weir/channel/sending_end.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/detail/parker.hpp>
#include <weir/runtime/pull.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// The sending end of a channel. Movable; destroying it closes the channel.
///
/// Used by one thread (or strand) at a time, which need not be the receiver's; one operation that
/// waits at a time, during which the sender stays where it is.
///
/// Errors: what waits for room fails with `channel_closed_error` when the receiver is gone or the
/// channel closed. Cancel-safe: a send that is cancelled, or has failed, has put nothing.
template <class T>
class sender : public sending_end<sender<T>, T> {
public:
    explicit sender(std::shared_ptr<detail::channel_state<T>> state) : state_(std::move(state)) {}
    sender(sender&&) noexcept = default;
    sender& operator=(sender&& other) noexcept {
        close();
        state_ = std::move(other.state_);
        return *this;
    }
    ~sender() { close(); }

    /// Sends `item` if there is room and a receiver; otherwise leaves it and says false. Never
    /// waits. Cost: some nanoseconds; the receiver is woken if it sleeps.
    bool try_send(T&& item) { return state_ && !state_->is_closed() && state_->try_put(item); }

    /// True when the receiver is gone: nothing sent any more will be seen.
    bool is_closed() const noexcept { return !state_ || state_->is_closed(); }
    /// True when it was closed, at this end.
    bool closed() const noexcept { return !state_; }
    /// How many items are sent and not received yet; 0 once it is closed. A look from outside: it
    /// may change at once.
    std::size_t size() const noexcept { return state_ ? state_->size() : 0; }
    /// How many there may be; 0 once it is closed.
    std::size_t capacity() const noexcept { return state_ ? state_->capacity() : 0; }
    /// Ends the stream at the other end, after what was sent; with an error if one is given. A send
    /// that waits fails with `channel_closed_error`.
    void close(std::exception_ptr error = nullptr) noexcept {
        if (auto s = std::exchange(state_, nullptr)) {
            s->close(std::move(error));
            s->sender_closed();
        }
    }

    /// True when `item` was put; otherwise the poller is woken when there may be room. Throws
    /// `channel_closed_error`.
    bool poll_send(poll_context& cx, T& item) {
        if (is_closed()) throw_closed();
        if (state_->room() == 0) {
            if (!state_->poll_room(cx)) return false;
            if (is_closed()) throw_closed();  // which also ends the wait for room
        }
        return cx.grant(1) != 0 && state_->try_put(item);
    }

    /// The shared state, for terminals that send in chunks.
    detail::channel_state<T>& state() noexcept { return *state_; }

private:
    friend class sending_end<sender, T>;

    [[noreturn]] static void throw_closed() {
        throw channel_closed_error("weir::sender: the channel is closed, or its receiver is gone");
    }

    bool send_blocking(T& item, std::optional<std::chrono::steady_clock::time_point> deadline) {
        if (is_closed()) throw_closed();
        if (state_->try_put(item)) return true;
        auto put = [this, &item](poll_context& cx) { return poll_send(cx, item); };
        if (detail::block_until(put, deadline)) return true;
        state_->stop_waiting_for_room();
        return false;
    }

    std::shared_ptr<detail::channel_state<T>> state_;
};

/// The receiving end of a channel: a stream of what is sent. Destroying it tells the sender.
///
/// Used by one thread (or strand) at a time; one operation that waits at a time, during which the
/// receiver stays where it is. It may be received from item by item, and then moved into a
/// pipeline.
///
/// Errors: the one the channel was closed with, once, after all items. Cancel-safe: a receive that
/// is cancelled has taken nothing.
template <class T>
class receiver : public pullable<receiver<T>>, public receiving_end<receiver<T>, T> {
public:
    explicit receiver(std::shared_ptr<detail::channel_state<T>> state) : state_(std::move(state)) {}
    receiver(receiver&&) noexcept = default;
    receiver& operator=(receiver&& other) noexcept {
        pullable<receiver>::operator=(other);
        std::swap(state_, other.state_);
        return *this;
    }
    ~receiver() {
        if (state_) state_->receiver_closed();
    }

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return state_->poll(cx, sink);
    }

    /// What is there: an item, nothing yet, or the end. Never waits.
    receive_result<T> try_receive() { return state_->try_take(); }

    /// True when the sender has closed; there may still be items.
    bool closed() const noexcept { return state_->closed(); }
    /// How many items are sent and not received yet. A look from outside: it may change at once.
    std::size_t size() const noexcept { return state_->size(); }
    std::size_t capacity() const noexcept { return state_->capacity(); }

    /// See `channel_state::poll_some`.
    bool poll_some(poll_context& cx, std::vector<T>& into, std::size_t most) {
        return state_->poll_some(cx, into, most);
    }

private:
    friend class receiving_end<receiver, T>;

    receive_result<T> receive_blocking(
        std::optional<std::chrono::steady_clock::time_point> deadline) {
        auto found = try_receive();
        if (found || found.ended()) return found;
        auto take = [this](poll_context& cx) { return state_->poll_ready(cx); };
        if (detail::block_until(take, deadline)) return try_receive();
        state_->stop_waiting_for_items();
        return found;
    }

    std::shared_ptr<detail::channel_state<T>> state_;
};

template <class T>
struct channel_ends {
    weir::sender<T> sender;
    weir::receiver<T> receiver;
};

/// Makes a bounded channel for one sender and one receiver.
///
///     auto [to_writer, rows] = weir::channel<row>(128);
///     std::move(parsed) | weir::into(std::move(to_writer))   // one pipeline
///     std::move(rows)   | weir::for_each(write)              // another
///
/// Capacity is exact, in items; 0 (a rendezvous) is refused with `std::invalid_argument`, and what
/// no memory can hold with `std::length_error`. When it is full the sender waits. Closing lets the
/// receiver drain; closing with an error hands it that error after the drain.
/// Order: as sent. Cost: no allocation after this one.
template <class T>
channel_ends<T> channel(std::size_t capacity) {
    auto state = std::make_shared<detail::channel_state<T>>(capacity);
    return {sender<T>(state), receiver<T>(state)};
}

}  // namespace weir
