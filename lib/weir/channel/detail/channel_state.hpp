/// What the two ends of a channel for one sender and one receiver share.
#pragma once

#include <weir/channel/detail/light_waker_slot.hpp>
#include <weir/channel/detail/spsc_ring.hpp>
#include <weir/channel/detail/wake_policy.hpp>
#include <weir/channel/receive_result.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/stream.hpp>
#include <weir/core/waker.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir::detail {

/// What sender and receiver share. Use `channel<T>(capacity)` or `buffer(n)`.
///
/// Items cross in chunks: the sender publishes every few dozen items and whenever it has nothing
/// more at hand, the receiver takes all there is and gives the room back in quarters. Either wakes
/// the other when there is much to do for it, and always before it stops for itself.
template <class T>
class channel_state {
public:
    explicit channel_state(std::size_t capacity) : ring_(checked(capacity)) {}

    std::size_t capacity() const noexcept { return ring_.capacity(); }
    /// How many items are sent and not received, as far as both sides have said. Thread-safe.
    std::size_t size() const noexcept {
        const auto so_far = ring_.progress();
        return so_far.published - so_far.released;
    }
    bool closed() const noexcept { return closed_.load(); }

    // --- the sender's side ---

    std::size_t room() noexcept { return ring_.room(); }

    /// Puts the items of one poll. Precondition: there is room.
    class put_chunk {
    public:
        put_chunk(const poll_context& cx, channel_state& to) noexcept
            : cx_(cx), to_(to), items_(to.ring_, to.chunk_left()) {}
        /// False when there is no room for another.
        bool put(T&& item) {
            if (items_.put(std::move(item))) return true;
            items_.count();
            const std::size_t left = to_.next_chunk(cx_);
            if (left != 0) items_.begin(left);
            return left != 0;
        }

    private:
        const poll_context& cx_;
        channel_state& to_;
        typename spsc_ring<T>::put_chunk items_;
    };

    /// For one item: puts it where the receiver sees it. False when the ring is full; then the item
    /// is as it was.
    bool try_put(T& item) {
        if (ring_.room() == 0) return false;
        ring_.put(std::move(item));
        receiver_waits_.notify([this](std::memory_order order) { ring_.publish(order); });
        return true;
    }
    void publish() noexcept {
        if (ring_.unpublished_count() != 0) ring_.publish();
        receiver_waits_.wake();
    }
    /// The same, by a sender that is about to wait.
    void publish_last() noexcept {
        if (ring_.unpublished_count() != 0) ring_.publish();
        if (!receiver_waits_.armed()) return;
        if (thread_each_.prefers_parallel()) return wake_thread(receiver_waits_);
        thread_each_.hand_over();
        receiver_waits_.wake_next();
    }
    /// True when there is room, or no receiver; else the poller is woken when that changes.
    bool poll_room(poll_context& cx) noexcept {
        const auto over = [this] { return ring_.refresh_room() != 0 || is_closed(); };
        if (ring_.unpublished_count() == 0 && over()) return true;  // it need not wait
        publish_last();
        if (over() || sender_waits_.comes_at_once(over)) return true;
        sender_waits_.arm(cx.poller());
        if (!over()) return false;
        sender_waits_.disarm();
        return true;
    }
    /// Disarms the waiter for room.
    void stop_waiting_for_room() noexcept { sender_waits_.disarm(); }
    bool is_closed() const noexcept { return receiver_closed_.load(); }
    /// To be kept for as long as the sender works at a time: see wake_policy.hpp.
    wake_policy::turn begin_sending() noexcept { return {thread_each_, channel_side::sender}; }
    /// For a sender that waits for something else: true when there is no receiver, else the
    /// poller is woken when that comes true. (Not when there is room again: it does not ask.)
    bool poll_abandoned(poll_context& cx) noexcept {
        if (is_closed()) return true;
        sender_watches_.arm(cx.poller());
        if (!is_closed()) return false;
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
    /// The sender was released. If it waits, it is woken to find that out.
    void sender_closed() noexcept {
        close();
        sender_waits_.wake_self();
        sender_watches_.disarm();
    }

    // --- the receiver's side ---

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink& sink) {
        const wake_policy::turn receiving(thread_each_, channel_side::receiver);
        for (;;) {
            if (!poll_items(&cx)) return poll_state::pending;
            if (ring_.available_seen() == 0) return poll_state::finished;
            const std::size_t granted = cx.grant(std::min(ring_.available(), quarter()));
            if (granted == 0) {
                release_last();
                return poll_state::pending;
            }
            if (!hand_over(granted, sink)) {
                release();
                return poll_state::paused;
            }
            if (ring_.unreleased_count() >= quarter()) {
                ring_.release();
                // Likewise, a sender that sleeps is woken for most of a ring, while there is still
                // something to do here; or when this turn ends.
                if (ring_.available_seen() <= quarter()) wake_early(cx, sender_waits_);
            }
        }
    }

    /// One item, if there is one; throws the error the channel was closed with.
    receive_result<T> try_take() {
        if (!poll_items(nullptr)) return receive_result<T>::nothing();
        if (ring_.available_seen() == 0) return receive_result<T>::end();
        receive_result<T> item(ring_.take());
        sender_waits_.notify([this](std::memory_order order) { ring_.release(order); });
        return item;
    }
    /// Appends what is there, up to `most` items, and one at least; or waits for it. True when it
    /// has, or there is no more.
    bool poll_some(poll_context& cx, std::vector<T>& into, std::size_t most) {
        if (!poll_items(&cx)) return false;
        most = std::min(most, ring_.available_seen());
        into.reserve(into.size() + most);
        for (; most != 0; --most) into.push_back(ring_.take());
        release();
        return true;
    }
    /// True when there is something to take, or no more; otherwise the poller is woken.
    bool poll_ready(poll_context& cx) { return poll_items(&cx); }
    /// Disarms the waiter for items.
    void stop_waiting_for_items() noexcept { receiver_waits_.disarm(); }

    void receiver_closed() noexcept {
        receiver_waits_.disarm();
        receiver_closed_.store(true);
        sender_waits_.wake();
        sender_watches_.wake();
    }

    // --- from any thread ---

    /// How many items were sent and taken so far, as far as the other side was notified.
    auto progress() const noexcept { return ring_.progress(); }

private:
    static constexpr std::size_t chunk = 64;

    static std::size_t checked(std::size_t capacity) {
        if (capacity == 0) {
            throw std::invalid_argument("weir::channel: the capacity must be at least 1");
        }
        if (capacity > spsc_ring<T>::max_capacity) {
            throw std::length_error("weir::channel: no memory holds as many items as its capacity");
        }
        return capacity;
    }

    /// How many items may be put before `next_run`.
    std::size_t chunk_left() noexcept {
        return std::min(ring_.room(), chunk - ring_.unpublished_count());
    }
    /// Publishes when a chunk is full; how many items may be put now, 0 when there is no room.
    std::size_t next_chunk(const poll_context& cx) noexcept {
        if (ring_.unpublished_count() == chunk) {
            ring_.publish();
            // A receiver that sleeps is woken for half a ring, not for a chunk: being woken costs
            // it as much as some hundred items. The sender publishes at the end of its turn at the
            // latest.
            if (ring_.room_seen() <= ring_.capacity() / 2) wake_early(cx, receiver_waits_);
        }
        return chunk_left();
    }

    template <class Sink>
    WEIR_FUSED bool hand_over(std::size_t n, Sink& sink) {
        typename spsc_ring<T>::take_chunk_scope items(ring_);
        for (; n != 0; --n) {
            if (!items.take(sink)) return false;
        }
        return true;
    }

    std::size_t quarter() const noexcept { return (ring_.capacity() + 3) / 4; }

    void release() noexcept {
        if (ring_.unreleased_count() != 0) ring_.release();
        sender_waits_.wake();
    }
    /// The same, by a receiver that is about to wait.
    void release_last() noexcept {
        if (ring_.unreleased_count() != 0) ring_.release();
        thread_each_.receiver_waits(ring_.progress().released);
        if (!sender_waits_.armed()) return;
        if (thread_each_.prefers_parallel()) return wake_thread(sender_waits_);
        sender_waits_.wake_next();
    }

    void wake_thread(light_waker_slot& target) noexcept {
        thread_each_.woken(ring_.progress().released);
        target.wake();
    }
    /// Wakes by a side that has still something to do, and will wake again when it has not: so that
    /// both are at work, where that pays.
    void wake_early(const poll_context& cx, light_waker_slot& target) noexcept {
        if (target.armed() && (!cx.hands_over() || thread_each_.prefers_parallel()))
            wake_thread(target);
    }

    /// True when `available_seen()` says what is there, 0 at the end (which may throw). Otherwise
    /// there is nothing yet, and `cx`, if one is given, is woken when that changes.
    bool poll_items(poll_context* cx) {
        if (ring_.available() != 0) return true;
        cx ? release_last() : release();
        const auto more = [this] { return ring_.refresh_available() != 0 || closed_.load(); };
        for (;;) {
            // Closed is looked at before the last look for items: what was sent is received.
            const bool closed = closed_.load();
            if (ring_.refresh_available() != 0) return true;
            if (closed) {
                if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
                return true;
            }
            if (!cx) return false;
            if (receiver_waits_.comes_at_once(more)) continue;
            receiver_waits_.arm(cx->poller());
            if (!more()) return false;
            receiver_waits_.disarm();
        }
    }

    spsc_ring<T> ring_;
    alignas(64) light_waker_slot receiver_waits_;  // for items, or the end
    alignas(64) light_waker_slot sender_waits_;    // for room
    alignas(64) wake_policy thread_each_{sizeof(T)};
    alignas(64) waker_slot sender_watches_;     // for the receiver to go away, and nothing else
    std::exception_ptr error_;                  // written before closed_, read after it
    std::atomic<bool> closed_{false};           // sender: false -> true, once
    std::atomic<bool> receiver_closed_{false};  // receiver: false -> true, once
};

}  // namespace weir::detail
