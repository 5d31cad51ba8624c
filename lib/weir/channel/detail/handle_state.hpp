/// What one handle of a shared channel has to itself.
#pragma once

#include <weir/channel/detail/chunk_buffer.hpp>
#include <weir/channel/detail/wait_queue.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir::detail {

/// Where one sending handle waits, and what it has at hand.
template <class T>
struct sender_state {
    waiter waiting;            // in the line for room
    waiter_node watch;         // among the senders that only wait for the last receiver to go
    std::size_t quantum = 0;   // how many items it may still send past the waiters
    std::size_t reserved = 0;  // room kept for the chunk that is being collected
    std::unique_ptr<chunk_buffer<T>> chunk;
};

/// Where one receiving handle waits, and what it has at hand.
template <class T>
struct receiver_state {
    waiter waiting;
    std::size_t in_hand = 0;  // what the chunk it has taken takes of the capacity
    bool told = false;        // has thrown the error
    std::unique_ptr<chunk_buffer<T>> chunk;
};

/// What became of an item, or a chunk.
enum class put_result : std::uint8_t { done, no_room, no_receivers };
enum class take_result : std::uint8_t { taken, nothing, ended };

}  // namespace weir::detail
