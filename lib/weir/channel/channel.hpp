/// A bounded channel: one sender, one receiver, backpressure between them.
#pragma once

#include <weir/channel/spsc_ring.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/pull.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

namespace weir {

/// What sender and receiver share. Use `channel<T>(capacity)` or `buffer(n)`.
///
/// Items cross in runs: the sender publishes every few dozen items and whenever it has nothing
/// more at hand, the receiver takes all there is and gives the room back in quarters. Either wakes
/// the other when there is much to do for it, and always before it stops for itself.
template <class T>
class channel_state {
public:
    explicit channel_state(std::size_t capacity) : ring_(checked(capacity)) {}

    // --- the sender's side ---

    std::size_t room() noexcept { return ring_.room(); }

    void put(T&& item) {
        ring_.put(std::move(item));
        if (ring_.unpublished_count() < run) return;
        ring_.publish();
        // A receiver that sleeps is woken for half a ring, not for a run: being woken costs it as
        // much as some hundred items. The sender publishes at the end of its turn at the latest.
        if (ring_.room_seen() <= ring_.capacity() / 2) receiver_waits_.wake();
    }
    void publish() noexcept {
        if (ring_.unpublished_count() != 0) ring_.publish();
        receiver_waits_.wake();
    }
    /// True when there is room, or nobody to send to; else the poller is woken when that changes.
    bool poll_room(poll_context& cx) noexcept {
        publish();
        if (abandoned() || ring_.refresh_room() != 0) return true;
        sender_waits_.arm(cx.poller());
        if (!abandoned() && ring_.refresh_room() == 0) return false;
        sender_waits_.disarm();
        return true;
    }
    bool abandoned() const noexcept { return receiver_gone_.load(); }
    /// For a sender that waits for something else: true when there is nobody to send to, else the
    /// poller is woken when that comes true. (Not when there is room again: it does not ask.)
    bool poll_abandoned(poll_context& cx) noexcept {
        if (abandoned()) return true;
        sender_watches_.arm(cx.poller());
        if (!abandoned()) return false;
        sender_watches_.disarm();
        return true;
    }

    /// No more items; the receiver drains, then sees `error`, or the end if there is none.
    void close(std::exception_ptr error = nullptr) noexcept {
        if (closed_.load()) return;
        error_ = std::move(error);
        ring_.publish();
        closed_.store(true);
        receiver_waits_.wake();
    }
    /// The sender waits no more, and may go on later: what it has sent is shown.
    void pause_sending() noexcept {
        sender_waits_.disarm();
        sender_watches_.disarm();
        publish();
    }
    void sender_gone() noexcept {
        sender_waits_.disarm();
        sender_watches_.disarm();
        close();
    }

    // --- the receiver's side ---

    template <class Sink>
    poll_state poll(poll_context& cx, Sink& sink) {
        for (;;) {
            if (ring_.available() == 0) {
                release();
                // Closed is looked at before the last look for items: what was sent is received.
                const bool closed = closed_.load();
                if (ring_.refresh_available() == 0) {
                    if (closed) return end();
                    receiver_waits_.arm(cx.poller());
                    if (ring_.refresh_available() == 0 && !closed_.load()) {
                        return poll_state::pending;
                    }
                    receiver_waits_.disarm();
                    continue;
                }
            }
            std::size_t granted = cx.grant(std::min(ring_.available(), quarter()));
            if (granted == 0) {
                release();
                return poll_state::pending;
            }
            for (; granted != 0; --granted) {
                if (!sink(ring_.take())) {
                    release();
                    return poll_state::paused;
                }
            }
            if (ring_.unreleased_count() >= quarter()) {
                ring_.release();
                // Likewise, a sender that sleeps is woken for most of a ring, while there is still
                // something to do here; or when this turn ends.
                if (ring_.available_seen() <= quarter()) sender_waits_.wake();
            }
        }
    }

    void receiver_gone() noexcept {
        receiver_waits_.disarm();
        receiver_gone_.store(true);
        sender_waits_.wake();
        sender_watches_.wake();
    }

    // --- from any thread ---

    /// How many items were sent and taken so far, as far as the other side was told.
    auto progress() const noexcept { return ring_.progress(); }

private:
    static constexpr std::size_t run = 64;

    static std::size_t checked(std::size_t capacity) {
        if (capacity == 0) {
            throw std::invalid_argument("weir::channel: the capacity must be at least 1");
        }
        if (capacity > spsc_ring<T>::max_capacity) {
            throw std::length_error("weir::channel: no memory holds as many items as its capacity");
        }
        return capacity;
    }

    std::size_t quarter() const noexcept { return (ring_.capacity() + 3) / 4; }

    void release() noexcept {
        if (ring_.unreleased_count() != 0) ring_.release();
        sender_waits_.wake();
    }

    poll_state end() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        return poll_state::finished;
    }

    spsc_ring<T> ring_;
    alignas(64) waker_slot receiver_waits_;   // for items, or the end
    alignas(64) waker_slot sender_waits_;     // for room
    waker_slot sender_watches_;               // for the receiver to go away, and nothing else
    std::exception_ptr error_;                // written before closed_, read after it
    std::atomic<bool> closed_{false};         // sender: false -> true, once
    std::atomic<bool> receiver_gone_{false};  // receiver: false -> true, once
};

/// The sending end of a channel. Movable; destroying it closes the channel.
/// Used by one thread at a time, which need not be the receiver's.
template <class T>
class sender {
public:
    explicit sender(std::shared_ptr<channel_state<T>> state) : state_(std::move(state)) {}
    sender(sender&&) noexcept = default;
    sender& operator=(sender&& other) noexcept {
        close();
        state_ = std::move(other.state_);
        return *this;
    }
    ~sender() { close(); }

    /// Sends and publishes `item` if there is room and a receiver; otherwise leaves it and says
    /// false. Never waits.
    bool try_send(T&& item) {
        if (!state_ || state_->abandoned() || state_->room() == 0) return false;
        state_->put(std::move(item));
        state_->publish();
        return true;
    }
    /// True when the receiver is gone: nothing sent any more will be seen.
    bool abandoned() const noexcept { return !state_ || state_->abandoned(); }
    /// Ends the stream at the other end, after what was sent; with an error if one is given.
    void close(std::exception_ptr error = nullptr) noexcept {
        if (auto s = std::exchange(state_, nullptr)) {
            s->close(std::move(error));
            s->sender_gone();
        }
    }

    /// The shared state, for terminals that send in runs.
    channel_state<T>& state() noexcept { return *state_; }

private:
    std::shared_ptr<channel_state<T>> state_;
};

/// The receiving end of a channel: a stream of what is sent. Destroying it tells the sender.
template <class T>
class receiver : public pullable<receiver<T>> {
public:
    using value_type = T;

    explicit receiver(std::shared_ptr<channel_state<T>> state) : state_(std::move(state)) {}
    receiver(receiver&&) noexcept = default;
    receiver& operator=(receiver&& other) noexcept {
        pullable<receiver>::operator=(other);
        std::swap(state_, other.state_);
        return *this;
    }
    ~receiver() {
        if (state_) state_->receiver_gone();
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        return state_->poll(cx, sink);
    }

private:
    std::shared_ptr<channel_state<T>> state_;
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
    auto state = std::make_shared<channel_state<T>>(capacity);
    return {sender<T>(state), receiver<T>(state)};
}

}  // namespace weir
