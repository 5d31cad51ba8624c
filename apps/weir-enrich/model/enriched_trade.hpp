/// Enriched trades, which the program writes.
#pragma once

#include <weir-enrich/model/trade.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace weir_enrich {

/// A trade with the columns of its instrument, account and rate. It has no padding, so compilers
/// build it in place (docs/joins.md says how much time that saves).
struct enriched_trade {
    std::uint64_t trade_id = 0;
    std::uint32_t instrument_id = 0;
    std::uint32_t user_id = 0;
    double price = 0;
    std::uint32_t quantity = 0;
    weir_enrich::side side = side::buy;
    std::int64_t event_time = 0;
    std::string_view symbol;
    std::string_view instrument_name;
    std::string_view currency;
    double tick_size = 0;
    std::string_view account_name;
    std::string_view tier;
    double fee_rate = 0;
    double notional = 0;                 ///< in the base currency
    double fee = 0;                      ///< in the base currency
    std::uint64_t accounts_version = 0;  ///< of the table of accounts that it was joined with
    std::uint64_t rates_version = 0;     ///< of the table of rates
    std::string_view missing;            ///< which rows were missing: see `missing_rows`
    std::int64_t received = 0;           ///< not sent
};

constexpr auto weir_fields(std::type_identity<enriched_trade>) {
    using weir::codec::field;
    using t = enriched_trade;
    return weir::codec::fields(
        field("trade_id", &t::trade_id), field("instrument_id", &t::instrument_id),
        field("user_id", &t::user_id), field("price", &t::price), field("quantity", &t::quantity),
        field("side", &t::side), field("event_time", &t::event_time), field("symbol", &t::symbol),
        field("instrument_name", &t::instrument_name), field("currency", &t::currency),
        field("tick_size", &t::tick_size), field("account_name", &t::account_name),
        field("tier", &t::tier), field("fee_rate", &t::fee_rate), field("notional", &t::notional),
        field("fee", &t::fee), field("accounts_version", &t::accounts_version),
        field("rates_version", &t::rates_version), field("missing", &t::missing));
}

}  // namespace weir_enrich

/// The views are valid as long as the strings are pinned (`string_pool::pin`). A chunk of trades
/// holds a pin; code that copies a trade out of a chunk must copy the pin, too.
template <>
inline constexpr bool weir::is_borrowed<weir_enrich::enriched_trade> = false;
