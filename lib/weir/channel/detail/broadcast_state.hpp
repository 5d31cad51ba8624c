/// What the two ends of a broadcast share: a ring of items, and which receivers have yet to see
/// each.
#pragma once

#include <weir/channel/channel_closed.hpp>
#include <weir/channel/detail/waiter_list.hpp>
#include <weir/channel/overflow.hpp>
#include <weir/channel/receiver_lagged.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir::detail {

/// One receiver's place in a broadcast. Guarded by the broadcast's lock.
struct broadcast_receiver_state {
    std::uint64_t next = 0;    // the sequence number of the item it sees next
    std::uint64_t missed = 0;  // how many it was too slow for
    bool cut_off = false;
    waiter_node waiting;  // in the list of waiters for items
};

/// Use `broadcast<T>(capacity)`.
///
/// All is guarded by one lock, which is taken once for a chunk of items. Each item knows how many
/// receivers have yet to see it: the last one moves it out, the others copy.
template <class T>
class broadcast_state {
    static_assert(std::copy_constructible<T> && std::movable<T>,
                  "weir::broadcast: each receiver gets a copy of each item; send a "
                  "std::shared_ptr<const T> for what cannot be copied");
    using lock_type = std::unique_lock<std::mutex>;

public:
    broadcast_state(std::size_t capacity, overflow policy)
        : capacity_(checked(capacity)),
          policy_(detail::check_overflow(
              policy, {overflow::wait, overflow::drop_oldest, overflow::disconnect}, "broadcast")),
          slots_(std::bit_ceil(capacity)) {}

    std::size_t capacity() const noexcept { return capacity_; }

    // --- the senders' side ---

    /// Puts items[done], items[done + 1], ... as far as there is room, and counts them in `done`.
    /// True when all are put; else the poller, if there is one, is woken from `place` when there is
    /// room. Closed: throws `channel_closed_error` to a poller, and says false otherwise.
    bool send(poll_context* cx, std::span<T> items, std::size_t& done, waiter_node& waiting) {
        waker replaced;  // released after the lock
        lock_type lock(mutex_);
        const std::size_t before = done;
        for (; done != items.size(); ++done) {
            const bool room = make_room(lock);
            if (closed_) {  // perhaps only since room was made
                if (cx) throw channel_closed_error("weir::broadcast: it is closed");
                break;
            }
            if (!room) {
                if (cx) replaced = room_waiting_.add(waiting, cx->poller());
                break;
            }
            put(std::move(items[done]));
        }
        const bool all = done == items.size();
        if (done != before) items_waiting_.wake_all(lock);
        return all;
    }
    void stop_waiting_for_room(waiter_node& waiting) noexcept { leave_list(waiting); }
    void close(std::exception_ptr error) noexcept {
        lock_type lock(mutex_);
        close(lock, std::move(error));
    }
    bool closed() const noexcept {
        return look([this] { return closed_; });
    }
    std::size_t receivers() const noexcept {
        return look([this] { return handles_.size(); });
    }
    std::uint64_t unheard() const noexcept {
        return look([this] { return unheard_; });
    }
    void add_sender() noexcept {
        const lock_type lock(mutex_);
        ++senders_;
    }
    void sender_closed(waiter_node& waiting) noexcept {
        leave_list(waiting);
        lock_type lock(mutex_);
        if (--senders_ == 0) close(lock, nullptr);
    }

    // --- a receiver's side ---

    void subscribe(broadcast_receiver_state& handle) {
        const lock_type lock(mutex_);
        handles_.push_back(&handle);
        handle.next = next_;
    }
    void unsubscribe(broadcast_receiver_state& handle) noexcept {
        leave_list(handle.waiting);
        lock_type lock(mutex_);
        if (!handle.cut_off) forget(handle);
        if (discard_seen(lock)) room_waiting_.wake_all(lock);
    }

    /// Appends items to `run`, `most` at most: `paused` when there were some. Otherwise `pending`,
    /// and the poller, if there is one, is woken when there are; or `finished`, or throws.
    poll_state receive(poll_context* cx, broadcast_receiver_state& handle, std::vector<T>& chunk,
                       std::size_t most) {
        waker replaced;  // released after the lock
        lock_type lock(mutex_);
        if (handle.cut_off) throw receiver_lagged_error();
        catch_up(handle);
        if (handle.next == next_) {
            if (closed_) return end();
            if (cx) replaced = items_waiting_.add(handle.waiting, cx->poller());
            return poll_state::pending;
        }
        most = std::min(most, static_cast<std::size_t>(next_ - handle.next));
        if (cx) most = cx->grant(most);
        if (most == 0) return poll_state::pending;
        for (; most != 0; --most) take(handle, chunk);
        if (discard_seen(lock)) room_waiting_.wake_all(lock);
        return poll_state::paused;
    }
    void stop_waiting_for_items(broadcast_receiver_state& handle) noexcept {
        leave_list(handle.waiting);
    }
    std::uint64_t missed(broadcast_receiver_state& handle) const noexcept {
        const lock_type lock(mutex_);
        if (!handle.cut_off) catch_up(handle);
        return handle.missed;
    }

private:
    struct slot {
        std::optional<T> item;
        std::size_t owed = 0;  // how many receivers have yet to see it
    };

    static std::size_t checked(std::size_t capacity) {
        if (capacity == 0) {
            throw std::invalid_argument("weir::broadcast: the capacity must be at least 1");
        }
        if (capacity > std::bit_floor(std::size_t(-1) / 2 / sizeof(slot))) {
            throw std::length_error("weir::broadcast: no memory holds as many as its capacity");
        }
        return capacity;
    }

    slot& at(std::uint64_t sequence) noexcept {
        return slots_[static_cast<std::size_t>(sequence) & (slots_.size() - 1)];
    }

    template <class F>
    auto look(F f) const noexcept {
        const lock_type lock(mutex_);
        return f();
    }

    void leave_list(waiter_node& waiting) noexcept {
        waker left;
        const lock_type lock(mutex_);
        left = waiter_list::remove(waiting);
    }

    void put(T&& item) {
        if (handles_.empty()) {
            ++unheard_;
            return;
        }
        slot& s = at(next_);
        s.item.emplace(std::move(item));
        s.owed = handles_.size();
        ++next_;
    }

    void take(broadcast_receiver_state& handle, std::vector<T>& chunk) {
        slot& s = at(handle.next);
        if (s.owed == 1) {
            chunk.push_back(std::move(*s.item));
            s.item.reset();
        } else {
            chunk.push_back(*s.item);
        }
        --s.owed;
        ++handle.next;
    }

    /// Skips what was dropped.
    void catch_up(broadcast_receiver_state& handle) const noexcept {
        if (handle.next >= first_) return;
        handle.missed += first_ - handle.next;
        handle.next = first_;
    }

    /// False when senders must wait. May release the lock for a while.
    bool make_room(lock_type& lock) noexcept {
        while (!closed_ && next_ - first_ == capacity_) {
            if (policy_ == overflow::wait) return false;
            if (policy_ == overflow::drop_oldest) {
                discard_first(lock);
            } else {
                cut_off_slowest(lock);
            }
        }
        return true;
    }

    void cut_off_slowest(lock_type& lock) noexcept {
        const auto slowest = [this](const broadcast_receiver_state* s) {
            return s->next == first_;
        };
        for (auto it = std::ranges::find_if(handles_, slowest); it != handles_.end();
             it = std::ranges::find_if(handles_, slowest)) {
            (*it)->cut_off = true;
            forget(**it);
        }
        discard_seen(lock);
    }

    /// It will see nothing more.
    void forget(broadcast_receiver_state& handle) noexcept {
        catch_up(handle);
        for (auto i = handle.next; i != next_; ++i) --at(i).owed;
        std::erase(handles_, &handle);
    }

    /// Releases the oldest items, as long as all have seen them. True if there were some.
    bool discard_seen(lock_type& lock) noexcept {
        bool any = false;
        for (; first_ != next_ && at(first_).owed == 0; any = true) discard_first(lock);
        return any;
    }

    /// Destroys the oldest item, if no receiver has moved it out: outside the lock, because its
    /// destructor is user code.
    void discard_first(lock_type& lock) noexcept {
        std::optional<T> gone = std::exchange(at(first_).item, std::nullopt);
        ++first_;
        if (!gone) return;
        lock.unlock();
        gone.reset();
        lock.lock();
    }

    void close(lock_type& lock, std::exception_ptr error) noexcept {
        if (std::exchange(closed_, true)) return;
        error_ = std::move(error);
        items_waiting_.wake_all(lock);
        room_waiting_.wake_all(lock);
    }
    poll_state end() const {
        if (error_) std::rethrow_exception(error_);
        return poll_state::finished;
    }

    const std::size_t capacity_;
    const overflow policy_;
    mutable std::mutex mutex_;  // guards all below, the handles, and the senders' places
    std::vector<slot> slots_;
    // Sequence numbers: items from first_ up to, not including, next_ are here; a receiver has yet
    // to see first_.
    std::uint64_t first_ = 0;
    std::uint64_t next_ = 0;
    std::vector<broadcast_receiver_state*> handles_;  // of the receivers that see new items
    waiter_list items_waiting_;
    waiter_list room_waiting_;
    std::exception_ptr error_;
    std::uint64_t unheard_ = 0;
    std::size_t senders_ = 0;
    bool closed_ = false;
};

}  // namespace weir::detail
