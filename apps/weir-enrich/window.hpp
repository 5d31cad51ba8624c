/// Running figures of each instrument over a sliding window.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "enriched_trade.hpp"

namespace weir_enrich {

/// The figures of an instrument over the last minute.
struct instrument_figures {
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

/// Keeps them, updated trade by trade. The window slides by the second, on the time of the events:
/// the newest event time says what is a minute old. A trade older than the window is left out.
/// Memory: some 4 KiB an instrument that was traded, whatever the rate. Cost: a hash lookup and
/// some additions a trade; `top` and `movers` look at all. One thread at a time.
class window {
public:
    void add(const enriched_trade& t);
    /// Those with the greatest notional, at most `most`, the greatest first.
    std::vector<instrument_figures> top(std::size_t most) const;
    /// Those whose price has moved the most, up or down.
    std::vector<instrument_figures> movers(std::size_t most) const;

private:
    static constexpr std::int64_t seconds = 60;

    struct bucket {
        std::int64_t second = -1;
        std::uint64_t count = 0;
        std::uint64_t volume = 0;
        double notional = 0;
        double paid = 0;
        double first = 0;
        double last = 0;
    };
    struct entry {
        std::string_view symbol;
        std::string_view name;
        std::array<bucket, seconds> buckets{};
    };

    bool in_window(std::int64_t second) const noexcept {
        return second >= 0 && second > newest_ - seconds && second <= newest_;
    }
    instrument_figures figures_of(const entry& e) const;
    template <class Before>
    std::vector<instrument_figures> best(std::size_t most, Before before) const;

    absl::flat_hash_map<std::uint32_t, std::size_t> places_;
    std::vector<entry> entries_;
    std::int64_t newest_ = -1;
};

}  // namespace weir_enrich
