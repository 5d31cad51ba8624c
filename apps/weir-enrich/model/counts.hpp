/// Counts of trades, by what became of them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>

namespace weir_enrich {

/// A number. One thread at a time adds to it, and any thread may read it.
class counter {
public:
    // A relaxed load and store are enough: there is one writer, and the number orders nothing.
    void add(std::uint64_t n) noexcept {
        n_.store(n_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return n_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> n_{0};
};

/// Counts what all outputs have done: its value is that of the slowest output.
class slowest_counter {
public:
    /// Adds the counter of one more output. Call it before any of the counters is used.
    counter& add_output() { return counters_.emplace_back(); }
    std::uint64_t value() const noexcept {
        std::uint64_t least = 0;
        for (const counter& c : counters_) {
            least = &c == &counters_.front() ? c.value() : std::min(least, c.value());
        }
        return least;
    }

private:
    std::deque<counter> counters_;  // elements keep their addresses
};

/// The counts of a run. At its end received = emitted + dropped + rejected: nothing is in flight.
struct run_counts {
    counter read;             ///< trades that were read and are in order
    counter bad;              ///< records that are no trades
    slowest_counter emitted;  ///< enriched and written to all outputs
    counter dropped;          ///< left out because a key was missing
    counter diverted;         ///< written to the side output because a key was missing
    counter unfit;            ///< cannot be written: a result is not a number, say

    // Which key was missing. With --on-missing default such trades are emitted anyway.
    counter no_instrument;
    counter no_account;
    counter no_rate;

    // With --on-missing wait.
    counter waited;     ///< waited for a key
    counter timed_out;  ///< and were dropped because it did not come in time
    counter evicted;    ///< and were dropped because too many waited

    // Left out of the statistics, but not of the other outputs.
    counter late;   ///< before the window
    counter ahead;  ///< too far after it

    std::uint64_t received() const noexcept { return read.value() + bad.value(); }
    std::uint64_t rejected() const noexcept {
        return bad.value() + diverted.value() + unfit.value();
    }
    std::uint64_t missing() const noexcept {
        return no_instrument.value() + no_account.value() + no_rate.value();
    }
    /// Trades that are still on their way, or were lost with a failure.
    std::uint64_t in_flight() const noexcept {
        const std::uint64_t over = emitted.value() + dropped.value() + rejected();
        const std::uint64_t all = received();
        return all > over ? all - over : 0;
    }
};

}  // namespace weir_enrich
