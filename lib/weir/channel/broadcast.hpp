/// broadcast: every receiver sees every item.
#pragma once

#include <weir/channel/detail/broadcast_state.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/channel/receive_result.hpp>
#include <weir/channel/receiving_end.hpp>
#include <weir/channel/sending_end.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/detail/parker.hpp>
#include <weir/runtime/pull.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weir {

template <class T>
class broadcast_receiver;

/// The end that sends. Copyable; the broadcast is closed when the last copy is gone. Different
/// copies may be used by different threads at once, one copy by one thread at a time; one operation
/// that waits at a time, during which the sender stays where it is.
///
/// With no receivers items go nowhere: sending succeeds at once, and they are counted (`unheard`).
/// Errors: what waits fails with `channel_closed_error` when the broadcast is closed. Cancel-safe:
/// a send that is cancelled, or has failed, has put nothing.
template <class T>
class broadcast_sender : public sending_end<broadcast_sender<T>, T> {
public:
    explicit broadcast_sender(std::shared_ptr<detail::broadcast_state<T>> state)
        : state_(std::move(state)), waiting_(std::make_unique<detail::waiter_node>()) {
        if (state_) state_->add_sender();
    }
    broadcast_sender(const broadcast_sender& other) : broadcast_sender(other.state_) {}
    broadcast_sender(broadcast_sender&&) noexcept = default;
    broadcast_sender& operator=(broadcast_sender other) noexcept {
        std::swap(state_, other.state_);
        std::swap(waiting_, other.waiting_);
        return *this;
    }
    ~broadcast_sender() {
        if (state_) state_->sender_closed(*waiting_);
    }

    /// A receiver of what is sent from now on.
    broadcast_receiver<T> subscribe() const { return broadcast_receiver<T>(state_); }

    /// Sends `item` if no receiver needs to be waited for; otherwise, and when the broadcast is
    /// closed, leaves it and says false.
    bool try_send(T&& item) {
        std::size_t done = 0;
        return state_ && state_->send(nullptr, std::span(&item, 1), done, *waiting_);
    }
    /// Ends the broadcast for all senders, after what was sent; with an error if one is given. A
    /// send that waits fails with `channel_closed_error`. Only the first call counts.
    void close(std::exception_ptr error = nullptr) noexcept {
        if (state_) state_->close(std::move(error));
    }
    bool closed() const noexcept { return state_->closed(); }

    std::size_t capacity() const noexcept { return state_->capacity(); }
    /// How many receivers there are, without those that were cut off.
    std::size_t receiver_count() const noexcept { return state_->receivers(); }
    /// How many items were sent while there was no receiver.
    std::uint64_t unheard() const noexcept { return state_->unheard(); }

    /// True when `item` was put; otherwise the poller is woken when there may be room. Throws
    /// `channel_closed_error`.
    bool poll_send(poll_context& cx, T& item) {
        std::size_t done = 0;
        return cx.grant(1) != 0 && poll_send_some(cx, std::span(&item, 1), done);
    }
    /// The same for the items from `done` on, which counts those that were put.
    bool poll_send_some(poll_context& cx, std::span<T> items, std::size_t& done) {
        return state_->send(&cx, items, done, *waiting_);
    }

private:
    friend class sending_end<broadcast_sender, T>;

    bool send_blocking(T& item, std::optional<std::chrono::steady_clock::time_point> deadline) {
        auto put = [this, &item](poll_context& cx) { return poll_send(cx, item); };
        if (detail::block_until(put, deadline)) return true;
        state_->stop_waiting_for_room(*waiting_);
        return false;
    }

    std::shared_ptr<detail::broadcast_state<T>> state_;
    // On the heap, because the sender may move while it waits.
    std::unique_ptr<detail::waiter_node> waiting_;
};

/// The end that sees every item sent after it subscribed, in order; a stream of them. Movable.
/// Destroying it frees the senders that wait for it. Used by one thread at a time.
///
/// As a stream in a pipeline it takes items in chunks: up to a quarter of the capacity, 64 at most,
/// which then no longer count against the capacity. Item by item it takes them one by one.
/// It ends after the last item when the last sender is gone or the broadcast was closed, or throws
/// what it was closed with. Too slow: see `overflow`.
/// Cancel-safe: a receive that is cancelled has taken nothing.
template <class T>
class broadcast_receiver : public pullable<broadcast_receiver<T>>,
                           public receiving_end<broadcast_receiver<T>, T> {
public:
    explicit broadcast_receiver(std::shared_ptr<detail::broadcast_state<T>> state)
        : state_(std::move(state)), handle_(std::make_unique<detail::broadcast_receiver_state>()) {
        state_->subscribe(*handle_);
    }
    broadcast_receiver(broadcast_receiver&&) noexcept = default;
    broadcast_receiver& operator=(broadcast_receiver&& other) noexcept {
        pullable<broadcast_receiver>::operator=(other);
        std::swap(state_, other.state_);
        std::swap(handle_, other.handle_);
        std::swap(chunk_, other.chunk_);
        std::swap(next_, other.next_);
        return *this;
    }
    ~broadcast_receiver() {
        if (state_) state_->unsubscribe(*handle_);
    }

    /// What is there: an item, nothing yet, or the end. Never waits.
    receive_result<T> try_receive() { return taken(fill(nullptr, 1)); }
    /// How many items it was too slow for (`overflow::drop_oldest`).
    std::uint64_t missed() const noexcept { return state_->missed(*handle_); }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        for (;;) {
            const poll_state state = fill(&cx, most_at_once());
            if (state != poll_state::paused) return state;
            while (next_ != chunk_.size()) {
                if (!sink(std::move(chunk_[next_++]))) return poll_state::paused;
            }
        }
    }

    /// True when items were appended to `into`, `most` at most, or there are no more; otherwise the
    /// poller is woken when there is one. Throws what the broadcast was closed with.
    bool poll_some(poll_context& cx, std::vector<T>& into, std::size_t most) {
        const poll_state state = fill(&cx, std::min(most, most_at_once()));
        if (state == poll_state::pending) return false;
        for (; next_ != chunk_.size() && most != 0; --most) {
            into.push_back(std::move(chunk_[next_++]));
        }
        return true;
    }

private:
    friend class receiving_end<broadcast_receiver, T>;

    std::size_t most_at_once() const noexcept {
        return std::min((state_->capacity() + 3) / 4, std::size_t{64});
    }

    /// `paused`: there is an item in chunk_[next_].
    poll_state fill(poll_context* cx, std::size_t most) {
        if (next_ != chunk_.size()) return poll_state::paused;
        chunk_.clear();
        next_ = 0;
        chunk_.reserve(most_at_once());
        return state_->receive(cx, *handle_, chunk_, most);
    }

    receive_result<T> taken(poll_state state) {
        if (state == poll_state::finished) return receive_result<T>::end();
        if (state == poll_state::pending) return receive_result<T>::nothing();
        return receive_result<T>(std::move(chunk_[next_++]));
    }

    receive_result<T> receive_blocking(
        std::optional<std::chrono::steady_clock::time_point> deadline) {
        poll_state state = poll_state::pending;
        auto ready = [this, &state](poll_context& cx) {
            state = fill(&cx, 1);
            return state != poll_state::pending;
        };
        if (!detail::block_until(ready, deadline)) state_->stop_waiting_for_items(*handle_);
        return taken(state);
    }

    std::shared_ptr<detail::broadcast_state<T>> state_;
    std::unique_ptr<detail::broadcast_receiver_state>
        handle_;            // on the heap: the broadcast knows it
    std::vector<T> chunk_;  // taken, and not yet handed on from next_ on
    std::size_t next_ = 0;
};

/// Makes a broadcast, and its first sender.
///
///     auto prices = weir::broadcast<price>(256);
///     auto screen = prices.subscribe();
///     auto risk = prices.subscribe();
///     feed | weir::into(std::move(prices))          // <weir/sinks/into_broadcast.hpp>
///
/// `capacity` is how many items a receiver may be behind, and `policy` what happens then. Order: as
/// sent, the same for all receivers. Errors: `std::invalid_argument` for a capacity of 0,
/// `std::length_error` for one that no memory holds.
/// Cost: a lock for each item sent (in a pipeline, for a chunk) and for each chunk received; a copy
/// of each item for each receiver but the last. No allocation after this one and those of
/// `subscribe`.
template <class T>
broadcast_sender<T> broadcast(std::size_t capacity, overflow policy = overflow::wait) {
    return broadcast_sender<T>(std::make_shared<detail::broadcast_state<T>>(capacity, policy));
}

}  // namespace weir
