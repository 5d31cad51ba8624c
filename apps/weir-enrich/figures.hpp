/// The window's figures, written period by period of event time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "byte_file.hpp"
#include "enriched_trade.hpp"
#include "place.hpp"
#include "window.hpp"

namespace weir_enrich {

/// What is known of an instrument at a time.
struct figures_record {
    std::int64_t time = 0;  ///< nanoseconds since 1970: the window ends there
    std::uint32_t instrument_id = 0;
    std::string_view symbol;
    std::uint64_t trades = 0;
    std::uint64_t volume = 0;
    double vwap = 0;
    double mean_notional = 0;  ///< in the base currency
    /// Of the price, from the earliest trade of the window to the latest: 0.01 is 1 %.
    double move = 0;
};

constexpr auto weir_fields(std::type_identity<figures_record>) {
    using weir::codec::field;
    using r = figures_record;
    return weir::codec::fields(field("time", &r::time), field("instrument_id", &r::instrument_id),
                               field("symbol", &r::symbol), field("trades", &r::trades),
                               field("volume", &r::volume), field("vwap", &r::vwap),
                               field("mean_notional", &r::mean_notional), field("move", &r::move));
}

struct figures_options {
    place to;
    window_options window;              ///< a period is what the window slides by
    std::optional<std::size_t> movers;  ///< only so many, whose price has moved the most
};

/// How many trades were left out of the figures.
struct left_out {
    std::uint64_t late = 0;   ///< timing::late
    std::uint64_t ahead = 0;  ///< timing::ahead
};

/// Writes the figures of each instrument that was traded in the window when a period ends, that
/// is, when a trade of a later one comes: the time is that of the events, so the same trades give
/// the same bytes. Periods without any trade in the window are passed over.
/// Errors: std::system_error, which names the file and the cause. One thread at a time.
class figures_output {
public:
    /// Opens the file.
    explicit figures_output(const figures_options& options);

    /// Empties the file, unless that was done. The first `add` does so too.
    void begin();

    /// Returns how many of them were left out.
    left_out add(const std::vector<enriched_trade>& trades);
    /// To be called at the end: writes the last period.
    void close();

private:
    /// Writes the periods that end before `period`.
    void end_periods(std::int64_t period);
    /// Writes the period that ends now. False when there was no trade in the window.
    bool end_period();

    format format_;
    std::optional<std::size_t> movers_;
    window window_;
    byte_writer to_;
    std::string bytes_;  // of the period that ends
    bool begun_ = false;
};

}  // namespace weir_enrich
