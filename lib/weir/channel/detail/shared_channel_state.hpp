/// What all ends of a channel with several senders, or several receivers, share.
#pragma once

#include <weir/channel/channel_limit.hpp>
#include <weir/channel/detail/adaptive_mutex.hpp>
#include <weir/channel/detail/handle_state.hpp>
#include <weir/channel/detail/item_queue.hpp>
#include <weir/channel/detail/wait_queue.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/core/poll.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// A queue under a mutex, with a queue of waiters at either end.
///
/// Room: `used_` is what the items take that are queued, in the hand of a receiver that has taken a
/// run, or expected by a sender that has reserved for one. It never exceeds the limit, but for one
/// item that is larger than that and alone.
/// Turns: a sender may put when there is room and no other sender waits for it, or when it was
/// woken for it, or for a quantum of items after that. A sender that arrives while others wait goes
/// to the end of the queue. Only the first is woken, and the next when that one has come back.
/// Wake-ups: every function ends with `wake_ready_waiters`, which wakes the waiters that can now
/// proceed. So a woken waiter that comes back, or leaves, passes on the room or items it does not
/// use.
///
/// Thread-safe; a handle belongs to one handle. No user code runs under the mutex but the items'
/// moves.
template <class T>
class shared_channel_state {
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "weir: items of a shared channel are moved under its lock, so their move "
                  "constructor must be noexcept; send a std::unique_ptr to this type");

public:
    shared_channel_state(channel_limit<T> limit, overflow policy)
        : limit_(std::move(limit)),
          policy_(detail::check_overflow(
              policy,
              {overflow::wait, overflow::drop_oldest, overflow::drop_newest, overflow::fail},
              "channel")),
          items_(limit_.in_bytes()) {}

    std::size_t capacity() const noexcept { return limit_.most(); }
    overflow policy() const noexcept { return policy_; }
    std::size_t size_of(const T& item) const { return limit_.size_of(item); }

    std::size_t size() const {
        return look([this] { return items_.size() + in_hand_; });
    }
    std::size_t used() const {
        return look([this] { return used_; });
    }
    std::uint64_t dropped() const {
        return look([this] { return dropped_; });
    }
    /// What became of all items so far. `given` and not `lost` and not `inside` is received.
    struct progress_type {
        std::uint64_t given;
        std::uint64_t lost;
        std::uint64_t inside;
    };
    progress_type progress() const {
        return look([this] {
            return progress_type{given_, dropped_ + unwanted_, items_.size() + in_hand_};
        });
    }
    bool closed() const {
        return look([this] { return closed_; });
    }
    bool is_closed() const {
        return look([this] { return receivers_ == 0; });
    }

    // --- the senders' side ---

    void add_sender() {
        const std::lock_guard lock(mutex_);
        ++senders_;
    }
    void remove_sender(sender_state<T>* handle) noexcept {
        if (handle) leave(*handle);
        if (look([this] { return --senders_ == 0; })) close();
    }
    /// No more items; receivers drain, and then see the error, if one is given, or the end.
    void close(std::exception_ptr error = nullptr) noexcept {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return;
            closed_ = true;
            error_ = std::move(error);
        }
        wake_all_waiters();
    }

    /// Puts the item, or says why not; then it is as it was. What is dropped to make room is
    /// destroyed outside the lock. `handle` may be null.
    put_result try_put(T& item, std::size_t size, sender_state<T>* handle) {
        for (;;) {
            wake_later later;
            std::optional<T> dropped;
            const std::lock_guard lock(mutex_);
            if (closed_to_senders()) return put_result::no_receivers;
            const bool overtakes = handle && handle->quantum != 0;
            if (fits(size) && (overtakes || !room_queue_.anyone())) {
                put(item, size);
                if (overtakes && room_queue_.anyone()) --handle->quantum;
                wake_ready_waiters(later);
                return put_result::done;
            }
            if (policy_ != overflow::drop_oldest) return put_result::no_room;
            dropped.emplace(std::move(items_.front()));
            used_ -= items_.front_size();
            items_.pop_front();
            ++dropped_;
        }
    }
    /// The same; where there is no room the poller waits in line.
    put_result poll_put(poll_context& cx, T& item, std::size_t size, sender_state<T>& handle) {
        wake_later later;
        const std::lock_guard lock(mutex_);
        const put_result turn = take_turn(cx, size, handle, later);
        if (turn == put_result::done) {
            put(item, size);
            if (handle.quantum != 0 && room_queue_.anyone()) --handle.quantum;
        }
        wake_ready_waiters(later);
        return turn;
    }
    /// An item was dropped before it was put.
    void count_dropped() {
        const std::lock_guard lock(mutex_);
        ++given_;
        ++dropped_;
    }

    /// For a sender that sends in chunks: puts what the chunk holds, as far as there is room, and
    /// if asked reserves room for more: `handle.reserved`. Where there is none for either, the
    /// poller waits.
    put_result next_chunk(poll_context& cx, sender_state<T>& handle, bool reserve) {
        wake_later later;
        const std::lock_guard lock(mutex_);
        const put_result result = put_chunk_locked(cx, handle, reserve, later);
        wake_ready_waiters(later);
        return result;
    }
    /// True when there is no receiver; else the poller is woken when that comes true.
    bool poll_refused(poll_context& cx, sender_state<T>& handle) {
        wake_later later;
        const std::lock_guard lock(mutex_);
        if (closed_to_senders()) return true;
        later.drop(watchers_.add(handle.watch, cx.poller()));
        return false;
    }
    /// The handle waits for nothing any more.
    void leave(sender_state<T>& handle) noexcept {
        wake_later later;
        wake_later watch;
        const std::lock_guard lock(mutex_);
        room_queue_.leave(handle.waiting, later);
        watch.drop(waiter_list::remove(handle.watch));
        used_ -= std::exchange(handle.reserved, 0);
        wake_ready_waiters(later);
    }

    // --- the receivers' side ---

    void add_receiver() {
        const std::lock_guard lock(mutex_);
        ++receivers_;
    }
    void remove_receiver(receiver_state<T>* handle) noexcept {
        if (handle) leave(*handle);
        item_queue<T> unwanted(limit_.in_bytes());
        {
            const std::lock_guard lock(mutex_);
            if (--receivers_ != 0) return;
            items_.swap(unwanted);
            unwanted_ += unwanted.size();
        }
        wake_all_waiters();
    }

    /// Takes one item without waiting.
    take_result try_take(std::optional<T>& item) {
        wake_later later;
        const std::lock_guard lock(mutex_);
        if (!receivable()) return ended() ? take_result::ended : take_result::nothing;
        take_front([&item](T&& x) { item.emplace(std::move(x)); });
        wake_ready_waiters(later);
        return take_result::taken;
    }
    /// Takes up to `most` items by `give(item)`, which must not throw; where there is none
    /// the poller waits in line.
    template <class Give>
    take_result poll_take(poll_context& cx, receiver_state<T>& handle, std::size_t most,
                          Give give) {
        wake_later later;
        const std::lock_guard lock(mutex_);
        const take_result turn = wait_for_items(cx, handle, later);
        if (turn == take_result::taken) {
            most = std::min(most, items_.size());
            for (; most != 0; --most) take_front(give);
        }
        wake_ready_waiters(later);
        return turn;
    }
    /// Takes a chunk into `handle.run`, of `most` items at most, after giving back the room of the
    /// last one. Its room is kept until it was handed on. While a chunk is out no other receiver
    /// takes anything, so that what comes back is still in order; so only a receiver that is alone
    /// takes a chunk, and others one item at a time.
    take_result take_chunk(poll_context& cx, receiver_state<T>& handle, std::size_t most) {
        wake_later later;
        const std::lock_guard lock(mutex_);
        take_back(handle);
        const take_result turn = wait_for_items(cx, handle, later);
        if (turn == take_result::taken) fill(handle, most);
        wake_ready_waiters(later);
        return turn;
    }
    /// The rest of a chunk goes back to the front of the queue, and its room is free.
    void end_chunk(receiver_state<T>& handle) noexcept {
        if (handle.in_hand == 0) return;
        wake_later later;
        const std::lock_guard lock(mutex_);
        take_back(handle);
        wake_ready_waiters(later);
    }
    void leave(receiver_state<T>& handle) noexcept {
        wake_later later;
        const std::lock_guard lock(mutex_);
        take_back(handle);
        items_queue_.leave(handle.waiting, later);
        wake_ready_waiters(later);
    }
    /// Throws what the channel was closed with, once for each handle.
    void rethrow(bool& told) const {
        if (std::exchange(told, true)) return;
        if (auto error = look([this] { return error_; })) std::rethrow_exception(std::move(error));
    }

private:
    static constexpr std::size_t quantum = 64;

    template <class Look>
    auto look(Look see) const {
        const std::lock_guard lock(mutex_);
        return see();
    }

    // All of these: under the mutex.

    bool closed_to_senders() const noexcept { return closed_ || receivers_ == 0; }
    bool fits(std::size_t size) const noexcept { return used_ == 0 || size <= room(); }
    std::size_t room() const noexcept { return limit_.most() - std::min(used_, limit_.most()); }
    bool receivable() const noexcept { return !items_.empty() && in_hand_ == 0; }
    bool ended() const noexcept { return closed_ && items_.empty() && in_hand_ == 0; }

    void put(T& item, std::size_t size) {
        items_.push_back(std::move(item), size);
        used_ += size;
        ++given_;
    }

    /// `done` when `wants` may be put now; otherwise it waits in line.
    put_result take_turn(poll_context& cx, std::size_t wants, sender_state<T>& handle,
                         wake_later& later) {
        if (closed_to_senders()) {
            room_queue_.leave(handle.waiting, later);
            return put_result::no_receivers;
        }
        const bool woken = room_queue_.woken(handle.waiting);
        if (fits(wants) && (woken || handle.quantum != 0 || !room_queue_.anyone())) {
            room_queue_.leave(handle.waiting, later);
            if (woken) handle.quantum = quantum;
            return put_result::done;
        }
        handle.quantum = 0;
        handle.waiting.wants = wants;
        room_queue_.wait(handle.waiting, cx.poller(), later);
        return put_result::no_room;
    }

    put_result put_chunk_locked(poll_context& cx, sender_state<T>& handle, bool reserve,
                                wake_later& later) {
        chunk_buffer<T>& chunk = *handle.chunk;
        used_ -= std::exchange(handle.reserved, 0);
        for (; !chunk.empty(); chunk.pop_front()) {
            // What was reserved for fits. In bytes one may be left over: it must have its turn.
            if (closed_to_senders()) return put_result::no_receivers;
            if (!fits(chunk.front_size())) break;
            put(chunk.front(), chunk.front_size());
        }
        if (chunk.empty() && !reserve) return put_result::done;
        const std::size_t wants = chunk.empty() ? 1 : chunk.front_size();
        const put_result turn = take_turn(cx, wants, handle, later);
        if (turn != put_result::done) return turn;
        handle.quantum = 0;  // a chunk is one
        if (!chunk.empty()) {
            put(chunk.front(), wants);
            chunk.pop_front();
        }
        if (reserve) {
            handle.reserved = limit_.in_bytes() ? room() : std::min(room(), chunk_buffer<T>::most);
            used_ += handle.reserved;
        }
        return put_result::done;
    }

    template <class Give>
    void take_front(Give&& give) {
        used_ -= items_.front_size();
        give(std::move(items_.front()));
        items_.pop_front();
    }

    take_result wait_for_items(poll_context& cx, receiver_state<T>& handle, wake_later& later) {
        if (receivable() || ended()) {
            items_queue_.leave(handle.waiting, later);
            return receivable() ? take_result::taken : take_result::ended;
        }
        items_queue_.wait(handle.waiting, cx.poller(), later);
        return take_result::nothing;
    }

    void fill(receiver_state<T>& handle, std::size_t most) {
        // Not more than a quarter, so that senders have something to do meanwhile. And not where
        // the oldest are dropped: they could not be.
        const bool alone = receivers_ == 1 && policy_ != overflow::drop_oldest;
        const std::size_t quarter = limit_.most() / 4;
        std::size_t taken = 0;
        do {
            taken += items_.front_size();
            handle.chunk->push_back(std::move(items_.front()), items_.front_size());
            items_.pop_front();
        } while (alone && --most != 0 && !items_.empty() && !handle.chunk->full() &&
                 taken < quarter);
        if (handle.chunk->size() == 1) {
            used_ -= taken;  // it is handed on at once
            return;
        }
        handle.in_hand = taken;
        in_hand_ = handle.chunk->size();
    }
    void take_back(receiver_state<T>& handle) {
        if (handle.in_hand == 0) return;
        std::size_t handed_on = std::exchange(handle.in_hand, 0);
        in_hand_ = 0;
        for (; !handle.chunk->empty(); handle.chunk->pop_back()) {
            handed_on -= handle.chunk->back_size();
            items_.push_front(std::move(handle.chunk->back()), handle.chunk->back_size());
        }
        used_ -= handed_on;
    }

    /// Wakes the waiters that can proceed, as many as `later` holds. A woken waiter comes back and
    /// wakes more.
    void wake_ready_waiters(wake_later& later) noexcept {
        while (!items_queue_.empty() && !later.full() &&
               (ended() || (in_hand_ == 0 && items_queue_.woken() < items_.size()))) {
            items_queue_.wake_first(later);
        }
        while (!room_queue_.empty() && !later.full() &&
               (closed_to_senders() ||
                (room_queue_.woken() == 0 && fits(room_queue_.first().wants)))) {
            room_queue_.wake_first(later);
        }
        while (closed_to_senders() && !watchers_.empty() && !later.full()) {
            later.wake(watchers_.take_first());
        }
    }
    /// The same for all at once.
    void wake_all_waiters() noexcept {
        bool more = true;
        while (more) {
            wake_later later;
            const std::lock_guard lock(mutex_);
            wake_ready_waiters(later);
            more = later.full();
        }
    }

    mutable adaptive_mutex mutex_;
    const channel_limit<T> limit_;
    const overflow policy_;
    item_queue<T> items_;
    std::size_t used_ = 0;
    std::size_t in_hand_ = 0;  // how many items are out in a chunk
    std::size_t senders_ = 1;
    std::size_t receivers_ = 1;
    std::uint64_t given_ = 0;  // items that were put, or dropped before
    std::uint64_t dropped_ = 0;
    std::uint64_t unwanted_ = 0;  // items that were inside when the last receiver went
    bool closed_ = false;
    std::exception_ptr error_;  // written with closed_, once
    wait_queue room_queue_;     // senders
    wait_queue items_queue_;    // receivers
    waiter_list watchers_;      // senders that wait for their upstream
};

}  // namespace weir::detail
