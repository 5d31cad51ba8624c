/// Running figures of each instrument over a sliding window.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "enriched_trade.hpp"

namespace weir_enrich {

/// What some trades of one instrument come to. Sums are long doubles: on the machines that we know
/// they do not overflow, whatever the trades are.
struct trade_sums {
    std::uint64_t count = 0;
    std::uint64_t volume = 0;  ///< of the quantities
    long double notional = 0;  ///< in the base currency
    long double paid = 0;      ///< price times quantity, in the instrument's currency
    std::int64_t first_time = 0;
    std::int64_t last_time = 0;
    double first =
        0;  ///< the price of the earliest event time; of several, of the one that came first
    double last = 0;  ///< the price of the latest; of several, of the one that came last

    void add(const enriched_trade& t) noexcept;
    /// Adds the sums of trades that are all later.
    void append(const trade_sums& later) noexcept;
};

/// The figures of an instrument over the window.
struct instrument_figures : trade_sums {
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
    /// How far the price has moved, of the earliest.
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

/// How long a window is, and by what it slides.
struct window_options {
    std::chrono::nanoseconds length = std::chrono::seconds(60);
    std::chrono::nanoseconds slide = std::chrono::seconds(1);  ///< `length` is a multiple of it
    /// A trade that is later than the newest period by more than this is left out, unless
    /// `window::believed_after` of them come in a row; 0: however late it is, it moves the window.
    std::chrono::nanoseconds max_jump{0};
};

/// Where the time of a trade is, seen from the window.
enum class timing : std::uint8_t {
    fits,  ///< in the window, or a later one that it will slide to
    late,  ///< before the window, or before 1970
    ahead  ///< later than `max_jump` allows, or than time can be
};

/// Keeps them, updated trade by trade. The window slides on the time of the events, by periods of
/// `slide`: the newest event time says what is too old. A trade that does not fit is left out, and
/// `add` says so.
///
/// A window of at most `most_slots` periods is exact to the period. A longer one has slots of
/// several periods; its oldest slot leaves when the last of its periods has left, so up to a
/// sixtieth of the window's length is in the figures that is older than the window. When a slot
/// leaves, the sums are made anew of those that stay: nothing is subtracted, no rounding gathers.
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

    /// Says whether the time of a trade fits. To be asked once for each trade, in their order.
    timing judge(std::int64_t event_time) noexcept;
    /// Takes in a trade of which `judge` has said that it fits.
    void take(const enriched_trade& t);
    /// Both.
    timing add(const enriched_trade& t);

    /// Those with the greatest notional, at most `most`, the greatest first. Its texts are those of
    /// the trades.
    std::vector<instrument_figures> top(std::size_t most);
    /// Those whose price has moved the most, up or down.
    std::vector<instrument_figures> movers(std::size_t most);

    /// In which period an event time is: they are counted from 1970 on.
    std::int64_t period_of(std::int64_t event_time) const noexcept { return event_time / slide_; }
    /// The newest period; -1 before the first trade.
    std::int64_t newest() const noexcept { return newest_; }
    /// When it ends, in nanoseconds since 1970.
    std::int64_t end() const noexcept { return (newest_ + 1) * slide_; }
    /// Makes `period` the newest, if it is newer: as if an instrument unknown had traded there.
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
    /// Lets go of the slots that have left the window.
    void forget_old(entry& e) const;
    template <class Key>
    std::vector<instrument_figures> greatest(std::size_t most, Key key);

    std::int64_t slide_;  // in nanoseconds
    std::int64_t periods_;
    std::int64_t periods_a_slot_;
    std::int64_t max_jump_;
    absl::flat_hash_map<std::uint32_t, std::size_t> places_;
    std::vector<entry> entries_;
    std::int64_t newest_ = -1;
    int far_ahead_ = 0;  // trades in a row that were later than max_jump_ allows
};

}  // namespace weir_enrich
