/// Running statistics of each instrument over a sliding window.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/run_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace weir_enrich {

/// Sums over trades of one instrument. They are long doubles, which cannot overflow here on the
/// machines that we know.
struct trade_sums {
    std::uint64_t count = 0;
    std::uint64_t volume = 0;  ///< of the quantities
    long double notional = 0;  ///< in the base currency
    long double paid = 0;      ///< price times quantity, in the instrument's currency
    std::int64_t first_time = 0;
    std::int64_t last_time = 0;
    double first = 0;  ///< the price of the earliest event time; of equal ones the first to arrive
    double last = 0;   ///< the price of the latest event time; of equal ones the last to arrive

    void add(const enriched_trade& t) noexcept;
    /// Adds the sums of trades that are all later.
    void append(const trade_sums& later) noexcept;
};

/// The statistics of an instrument over the window.
struct instrument_statistics : trade_sums {
    std::uint32_t instrument_id = 0;
    std::string_view symbol;
    std::string_view name;

    /// The volume-weighted average price.
    double vwap() const noexcept {
        return finite(volume == 0 ? 0 : paid / static_cast<long double>(volume));
    }
    double mean_notional() const noexcept {
        return finite(count == 0 ? 0 : notional / static_cast<long double>(count));
    }
    /// The change of price, relative to the earliest.
    double move() const noexcept {
        if (first == 0) return 0;
        return finite(static_cast<long double>(last) / static_cast<long double>(first) - 1);
    }

private:
    static double finite(long double x) noexcept {
        constexpr long double most = std::numeric_limits<double>::max();
        return static_cast<double>(std::clamp(x, -most, most));
    }
};

/// The time of a trade relative to the window.
enum class timing : std::uint8_t {
    fits,  ///< in the window, or later: the window slides
    late,  ///< before the window, or before 1970
    ahead  ///< later than `max_jump` allows, or out of range
};

/// The statistics of all instruments, updated with each trade. The window slides by periods of
/// `slide`, by event time: the newest event time decides what is too old. A trade that does not fit
/// is left out, and `add` returns that.
///
/// A window of at most `most_slots` periods is exact to the period. A longer one has slots of
/// several periods. Its oldest slot leaves after the last of its periods, so the statistics may
/// include trades that are older than the window by up to a sixtieth of its length. When a slot
/// leaves, the sums are computed again from the rest. So rounding errors do not accumulate.
///
/// Memory: 96 bytes a slot for each instrument that was traded in it, so at most 61 slots, whatever
/// the rate and the length. Cost: a hash lookup and some additions a trade; `top` and `movers` look
/// at each instrument once, and at its slots when one of them has left. One thread at a time.
class window {
public:
    static constexpr std::size_t all = std::size_t(-1);
    static constexpr std::int64_t most_slots = 60;
    static constexpr int believed_after = 100;

    explicit window(const window_options& options = {});

    /// Whether the time of a trade fits. Call it once for each trade, in order.
    timing judge(std::int64_t event_time) noexcept;
    /// Adds a trade for which `judge` returned `timing::fits`.
    void take(const enriched_trade& t);
    /// `judge`, and `take` if the trade fits.
    timing add(const enriched_trade& t);

    /// The instruments with the greatest notional, at most `most`, the greatest first. The views
    /// are those of the trades.
    std::vector<instrument_statistics> top(std::size_t most);
    /// The instruments whose price has moved the most, up or down.
    std::vector<instrument_statistics> movers(std::size_t most);

    /// The period of an event time, counted from 1970.
    std::int64_t period_of(std::int64_t event_time) const noexcept { return event_time / slide_; }
    /// The newest period; -1 before the first trade.
    std::int64_t newest() const noexcept { return newest_; }
    /// The end of the newest period, in nanoseconds since 1970.
    std::int64_t end() const noexcept { return (newest_ + 1) * slide_; }
    /// Makes `period` the newest, if it is newer, as a trade there would.
    void slide_to(std::int64_t period) noexcept;

private:
    struct slot {
        std::int64_t number = 0;  // of the slots since 1970
        trade_sums sums;
    };
    struct entry {
        std::uint32_t instrument_id;
        std::string_view symbol;
        std::string_view name;
        std::vector<slot> slots;  // those with trades, the oldest first
        trade_sums total;         // of all slots
    };

    std::int64_t slot_of(std::int64_t event_time) const noexcept {
        return period_of(event_time) / periods_a_slot_;
    }
    /// Removes the slots that have left the window.
    void forget_old(entry& e) const;
    template <class Key>
    std::vector<instrument_statistics> greatest(std::size_t most, Key key);

    std::int64_t slide_;  // in nanoseconds
    std::int64_t periods_;
    std::int64_t periods_a_slot_;
    std::int64_t max_jump_;
    absl::flat_hash_map<std::uint32_t, std::size_t> index_;
    std::vector<entry> entries_;
    std::int64_t newest_ = -1;
    int far_ahead_ = 0;  // trades in a row that were later than max_jump_ allows
};

}  // namespace weir_enrich
