/// What one handle of a shared channel has to itself.
#pragma once

#include <weir/channel/run_buffer.hpp>
#include <weir/channel/waiting_line.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir {

/// Where one sending handle waits, and what it has at hand.
template <class T>
struct sender_seat {
    waiting_place place;       // in the line for room
    wait_node watch;           // among those who only want to hear that nobody receives
    std::size_t quantum = 0;   // how many items it may still send past those who wait
    std::size_t reserved = 0;  // room kept for the run that is being collected
    std::unique_ptr<run_buffer<T>> run;
};

/// Where one receiving handle waits, and what it has at hand.
template <class T>
struct receiver_seat {
    waiting_place place;
    std::size_t in_hand = 0;  // what the run it has taken takes of the capacity
    bool told = false;        // has thrown the error
    std::unique_ptr<run_buffer<T>> run;
};

/// What became of an item, or a run.
enum class put_result : std::uint8_t { done, no_room, nobody_receives };
enum class take_result : std::uint8_t { taken, nothing, ended };

}  // namespace weir
