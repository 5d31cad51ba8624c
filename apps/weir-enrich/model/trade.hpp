/// Trades, which the program reads.
#pragma once

#include <weir/codec/fields.hpp>

#include <cstdint>
#include <type_traits>

namespace weir_enrich {

/// The side of the order.
enum class side : std::uint32_t { buy, sell };

constexpr auto weir_names(std::type_identity<side>) {
    return weir::codec::names(weir::codec::name("buy", side::buy),
                              weir::codec::name("sell", side::sell));
}

struct trade {
    std::uint64_t trade_id = 0;
    std::uint32_t instrument_id = 0;
    std::uint32_t user_id = 0;
    double price = 0;  ///< in the instrument's currency
    std::uint32_t quantity = 0;
    weir_enrich::side side = side::buy;
    std::int64_t event_time = 0;  ///< nanoseconds since 1970, by the sender's clock
    std::int64_t received = 0;    ///< when it was read, by the clock of `now`; not sent
};

constexpr auto weir_fields(std::type_identity<trade>) {
    using weir::codec::field;
    return weir::codec::fields(field("trade_id", &trade::trade_id),
                               field("instrument_id", &trade::instrument_id),
                               field("user_id", &trade::user_id), field("price", &trade::price),
                               field("quantity", &trade::quantity), field("side", &trade::side),
                               field("event_time", &trade::event_time));
}

}  // namespace weir_enrich
