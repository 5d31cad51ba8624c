/// Running figures of each instrument over a sliding window.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "enriched_trade.hpp"

namespace weir_enrich {

/// The figures of an instrument over the window.
struct instrument_figures {
    std::uint32_t instrument_id = 0;
    std::string_view symbol;
    std::string_view name;
    std::uint64_t count = 0;   ///< of trades
    std::uint64_t volume = 0;  ///< of the quantities
    double notional = 0;       ///< in the base currency
    double paid = 0;           ///< price times quantity, in the instrument's currency
    double first = 0;          ///< the oldest price that is known
    double last = 0;           ///< the newest

    /// The volume-weighted average price.
    double vwap() const noexcept { return volume == 0 ? 0 : paid / static_cast<double>(volume); }
    double mean_notional() const noexcept {
        return count == 0 ? 0 : notional / static_cast<double>(count);
    }
    /// How far the price has moved, of the oldest.
    double move() const noexcept { return first == 0 ? 0 : last / first - 1; }
};

/// How long a window is, and by what it slides.
struct window_options {
    std::chrono::nanoseconds length = std::chrono::seconds(60);
    std::chrono::nanoseconds slide = std::chrono::seconds(1);  ///< `length` is a multiple of it
};

/// Keeps them, updated trade by trade. The window slides on the time of the events, one slot of
/// `slide` after the other: the newest event time says what is too old. A trade older than the
/// window is left out.
/// Memory: 56 bytes a slot for each instrument that was traded, whatever the rate. Cost: a hash
/// lookup and some additions a trade; `top` and `movers` look at all. One thread at a time.
class window {
public:
    static constexpr std::size_t all = std::size_t(-1);

    explicit window(const window_options& options = {});

    void add(const enriched_trade& t);
    /// Those with the greatest notional, at most `most`, the greatest first.
    std::vector<instrument_figures> top(std::size_t most) const;
    /// Those whose price has moved the most, up or down.
    std::vector<instrument_figures> movers(std::size_t most) const;

    /// In which slot an event time is: slots are counted from 1970 on.
    std::int64_t slot_of(std::int64_t event_time) const noexcept { return event_time / slide_; }
    /// The newest slot; -1 before the first trade.
    std::int64_t newest() const noexcept { return newest_; }
    /// When it ends, in nanoseconds since 1970.
    std::int64_t end() const noexcept { return (newest_ + 1) * slide_; }
    /// Makes `slot` the newest, if it is newer: as if an instrument unknown had traded there.
    void slide_to(std::int64_t slot) noexcept;
    /// False for a time before 1970, and for one so late that its slot would end out of range.
    bool knows(std::int64_t event_time) const noexcept;

private:
    struct bucket {
        std::int64_t slot = -1;
        std::uint64_t count = 0;
        std::uint64_t volume = 0;
        double notional = 0;
        double paid = 0;
        double first = 0;
        double last = 0;
    };
    struct entry {
        std::uint32_t instrument_id;
        std::string_view symbol;
        std::string_view name;
        std::vector<bucket> buckets;  // slot n is at n modulo their number
    };

    instrument_figures figures_of(const entry& e) const;
    template <class Key>
    std::vector<instrument_figures> greatest(std::size_t most, Key key) const;

    std::int64_t slide_;  // in nanoseconds
    std::int64_t slots_;
    absl::flat_hash_map<std::uint32_t, std::size_t> places_;
    std::vector<entry> entries_;
    std::int64_t newest_ = -1;
};

}  // namespace weir_enrich
