/// A bounded queue between one producer and one consumer that may be on different threads.
#pragma once

#include <weir/core/stream.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace weir::detail {

/// The lock-free ring under a channel: exact capacity, items in place, both indices published in
/// runs. Knows nothing of waiting; see channel.hpp.
///
/// Items may be move-only and need no default constructor. The producer's calls come from one
/// thread at a time, and so do the consumer's; the destructor comes after both.
template <class T>
class spsc_ring {
public:
    /// The largest power of two items that one can hope to allocate.
    static constexpr std::size_t max_capacity = std::bit_floor(std::size_t(-1) / 2 / sizeof(T));

    /// `capacity` is from 1 to `max_capacity`.
    explicit spsc_ring(std::size_t capacity)
        : capacity_(capacity),
          mask_(std::bit_ceil(capacity) - 1),
          slots_(std::allocator<T>().allocate(mask_ + 1)) {}
    spsc_ring(const spsc_ring&) = delete;
    spsc_ring& operator=(const spsc_ring&) = delete;
    ~spsc_ring() {
        for (std::size_t i = consumer_.next; i != producer_.next; ++i) std::destroy_at(slot(i));
        std::allocator<T>().deallocate(slots_, mask_ + 1);
    }

    std::size_t capacity() const noexcept { return capacity_; }

    // --- the producer's side ---

    /// How many items `put` may be called for. Looks at the consumer's index only when it must.
    std::size_t room() noexcept {
        if (const std::size_t known = room_seen()) return known;
        return refresh_room();
    }
    /// The same as of the last look: never too many.
    std::size_t room_seen() const noexcept {
        return capacity_ - (producer_.next - producer_.seen_head);
    }
    std::size_t refresh_room() noexcept {
        producer_.seen_head = head_.load();
        return room_seen();
    }
    /// Places an item; the consumer sees it after `publish`. Precondition: room() > 0.
    template <class U>
    void put(U&& item) {
        std::construct_at(slot(producer_.next), std::forward<U>(item));
        ++producer_.next;
    }
    /// How many items `publish` would show the consumer.
    std::size_t unpublished_count() const noexcept { return producer_.next - producer_.published; }
    void publish(std::memory_order order = std::memory_order_seq_cst) noexcept {
        producer_.published = producer_.next;
        tail_.store(producer_.next, order);
    }

    /// Places items, keeping count by a pointer of its own, with another to where it must stop: no
    /// index is masked for each item, and nothing else counted.
    class put_chunk {
    public:
        /// For up to `most` items, of which there is one at least. Precondition: room() >= most.
        put_chunk(spsc_ring& ring, std::size_t most) noexcept : ring_(ring) { begin(most); }
        put_chunk(const put_chunk&) = delete;
        put_chunk& operator=(const put_chunk&) = delete;
        ~put_chunk() { count(); }
        /// False when another `begin` must come first: after so many, or at the ring's end.
        bool put(T&& item) {
            std::construct_at(at_, std::move(item));
            return ++at_ != stop_;
        }
        /// Lets the ring know what was placed.
        void count() noexcept {
            ring_.producer_.next += static_cast<std::size_t>(at_ - counted_);
            counted_ = at_;
        }
        /// Goes on after a `count`.
        void begin(std::size_t most) noexcept {
            const std::size_t i = ring_.producer_.next & ring_.mask_;
            counted_ = at_ = ring_.slots_ + i;
            stop_ = at_ + std::min(most, ring_.mask_ + 1 - i);
        }

    private:
        spsc_ring& ring_;
        T* at_ = nullptr;
        T* stop_ = nullptr;
        T* counted_ = nullptr;
    };

    // --- the consumer's side ---

    /// How many items can be taken. Looks at the producer's index only when it must.
    std::size_t available() noexcept {
        if (const std::size_t known = available_seen()) return known;
        return refresh_available();
    }
    /// The same as of the last look: never too many.
    std::size_t available_seen() const noexcept { return consumer_.seen_tail - consumer_.next; }
    std::size_t refresh_available() noexcept {
        consumer_.seen_tail = tail_.load();
        return available_seen();
    }
    /// Moves the next item out. Precondition: available() > 0.
    T take() noexcept(std::is_nothrow_move_constructible_v<T>) {
        T* place = slot(consumer_.next);
        T item = std::move(*place);
        std::destroy_at(place);
        ++consumer_.next;
        return item;
    }
    /// Takes items, likewise.
    class take_chunk_scope {
    public:
        explicit take_chunk_scope(spsc_ring& ring) noexcept
            : ring_(ring), next_(ring.consumer_.next) {}
        take_chunk_scope(const take_chunk_scope&) = delete;
        take_chunk_scope& operator=(const take_chunk_scope&) = delete;
        ~take_chunk_scope() { ring_.consumer_.next = next_; }
        /// Calls `sink` with the next one where it lies: that is one move less.
        template <class Sink>
        WEIR_FUSED bool take(Sink& sink) {
            struct leave {
                ~leave() { std::destroy_at(place); }
                T* place;
            } const item{ring_.slot(next_)};
            ++next_;
            return sink(std::move(*item.place));
        }

    private:
        spsc_ring& ring_;
        std::size_t next_;
    };

    /// How many taken items the producer does not know of yet.
    std::size_t unreleased_count() const noexcept { return consumer_.next - consumer_.released; }
    /// Gives the places of taken items back to the producer.
    void release(std::memory_order order = std::memory_order_seq_cst) noexcept {
        consumer_.released = consumer_.next;
        head_.store(consumer_.next, order);
    }

    // --- from any thread ---

    /// How far both sides have come. Never more released than published, nor more published than
    /// then had room.
    struct progress_type {
        std::size_t published;
        std::size_t released;
    };
    progress_type progress() const noexcept {
        const std::size_t released = head_.load();  // first: the other is never behind it
        return {std::min(tail_.load(), released + capacity_), released};
    }

private:
    T* slot(std::size_t i) const noexcept { return slots_ + (i & mask_); }

    // What one side writes is kept a cache line away from what the other does. 64 is the line of
    // all machines this runs on; std::hardware_destructive_interference_size is not ABI-stable.
    static constexpr std::size_t line = 64;

    const std::size_t capacity_;
    const std::size_t mask_;
    T* const slots_;

    // Indices only grow (and wrap with the type). Stored and loaded sequentially consistent, as
    // the waker protocol asks of a condition (waker.hpp), when they are touched once a chunk; item
    // by item the order is what light_waker_slot.hpp says, release at least.
    alignas(line) std::atomic<std::size_t> tail_{0};  // items below it are published
    alignas(line) std::atomic<std::size_t> head_{0};  // items below it are taken
    struct alignas(line) producer_side {
        std::size_t next = 0;       // where the next item goes
        std::size_t published = 0;  // what tail_ says
        std::size_t seen_head = 0;  // what head_ said last
    } producer_;
    struct alignas(line) consumer_side {
        std::size_t next = 0;       // the next item to take
        std::size_t released = 0;   // what head_ says
        std::size_t seen_tail = 0;  // what tail_ said last
    } consumer_;
};

}  // namespace weir::detail
