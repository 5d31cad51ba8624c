/// What became of the trades.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>

namespace weir_enrich {

/// A number that one thread at a time adds to and any may read.
class counter {
public:
    // Relaxed, and no locked addition: there is one writer, and it orders nothing else.
    void add(std::uint64_t n) noexcept {
        n_.store(n_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return n_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> n_{0};
};

/// What several places have done, each at its own pace: what all of them have done is what counts.
class slowest_counter {
public:
    /// The counter of a further place. All are made before the first of them counts.
    counter& add_place() { return places_.emplace_back(); }
    std::uint64_t value() const noexcept {
        std::uint64_t least = 0;
        for (const counter& c : places_) {
            least = &c == &places_.front() ? c.value() : std::min(least, c.value());
        }
        return least;
    }

private:
    std::deque<counter> places_;  // where they are, they stay
};

/// The books of a run. At its end received = emitted + dropped + rejected: nothing is in flight.
struct run_counts {
    counter read;             ///< trades that were read and are in order
    counter bad;              ///< records that are no trades
    slowest_counter emitted;  ///< enriched and written to all outputs
    counter dropped;          ///< left out, for a key was missing
    counter diverted;         ///< written to the side output, for a key was missing
    counter unfit;            ///< what came of them cannot be written: it is no number, say

    // Which key was missing; with --on-missing default such trades are emitted all the same.
    counter no_instrument;
    counter no_account;
    counter no_rate;

    // With --on-missing wait.
    counter waited;       ///< waited for a key
    counter gave_up;      ///< and were dropped, for it did not come in time
    counter crowded_out;  ///< and were dropped, for too many waited

    // Left out of the figures, but not of the other outputs.
    counter late;   ///< before the window
    counter ahead;  ///< too far after it

    std::uint64_t received() const noexcept { return read.value() + bad.value(); }
    std::uint64_t rejected() const noexcept {
        return bad.value() + diverted.value() + unfit.value();
    }
    std::uint64_t missing() const noexcept {
        return no_instrument.value() + no_account.value() + no_rate.value();
    }
    /// What is neither written nor accounted for: on its way, or lost with a failure.
    std::uint64_t in_flight() const noexcept {
        const std::uint64_t over = emitted.value() + dropped.value() + rejected();
        const std::uint64_t all = received();
        return all > over ? all - over : 0;
    }
};

}  // namespace weir_enrich
