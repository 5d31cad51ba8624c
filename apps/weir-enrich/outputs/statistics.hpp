/// Output of the window's statistics, for each period of event time.
#pragma once

#include <weir-enrich/endpoints/byte_file.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/run_options.hpp>
#include <weir-enrich/outputs/window.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir_enrich {

/// The statistics of an instrument at a time.
struct statistics_record {
    std::int64_t time = 0;  ///< nanoseconds since 1970: the window ends there
    std::uint32_t instrument_id = 0;
    std::string_view symbol;
    std::uint64_t trades = 0;
    std::uint64_t volume = 0;
    double vwap = 0;
    double mean_notional = 0;  ///< in the base currency
    /// The change of price from the earliest trade of the window to the latest: 0.01 is 1 %.
    double move = 0;
};

constexpr auto weir_fields(std::type_identity<statistics_record>) {
    using weir::codec::field;
    using r = statistics_record;
    return weir::codec::fields(field("time", &r::time), field("instrument_id", &r::instrument_id),
                               field("symbol", &r::symbol), field("trades", &r::trades),
                               field("volume", &r::volume), field("vwap", &r::vwap),
                               field("mean_notional", &r::mean_notional), field("move", &r::move));
}

/// How many trades were left out of the statistics.
struct left_out {
    std::uint64_t late = 0;   ///< timing::late
    std::uint64_t ahead = 0;  ///< timing::ahead
};

/// Writes the statistics of each instrument that was traded in the window, at the end of each
/// period. A period ends when a trade of a later one comes. Only event times count, so the same
/// trades give the same bytes. Periods without any trade in the window are skipped.
/// Errors: std::system_error, which names the file and the cause. One thread at a time.
class statistics_output {
public:
    /// Opens the file.
    explicit statistics_output(const statistics_options& options);

    /// Empties the file, once. The first `add` does so, too.
    void begin();

    /// Returns how many of the trades were left out.
    left_out add(const std::vector<enriched_trade>& trades);
    /// Writes the last period. Call it at the end.
    void close();

private:
    /// Writes the periods that end before `period`.
    void end_periods(std::int64_t period);
    /// Writes the period that ends now. False if there was no trade in the window.
    bool end_period();

    format format_;
    std::optional<std::size_t> movers_;
    window window_;
    byte_writer to_;
    std::string bytes_;  // of the period that ends
    bool begun_ = false;
};

}  // namespace weir_enrich
