/// The format of a journal: frames of the structs below, in the order of the events.
/// docs/weir-enrich.md describes it.
#pragma once

#include <weir/codec/fields.hpp>

#include <weir-enrich/model/on_missing.hpp>
#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/trade.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace weir_enrich {

inline constexpr std::uint32_t journal_version = 1;

/// The first frame.
struct journal_header {
    std::uint32_t version = journal_version;
    on_missing missing = on_missing::drop;
};
constexpr auto weir_fields(std::type_identity<journal_header>) {
    using weir::codec::field;
    return weir::codec::fields(field("journal_version", &journal_header::version),
                               field("on_missing", &journal_header::missing));
}

enum class table_name : std::uint8_t { instruments, accounts, rates };
constexpr auto weir_names(std::type_identity<table_name>) {
    using weir::codec::name;
    return weir::codec::names(name("instruments", table_name::instruments),
                              name("accounts", table_name::accounts),
                              name("rates", table_name::rates));
}

enum class table_change : std::uint8_t {
    snapshot,   ///< `number` rows follow, which replace the whole table
    remove,     ///< the row with the key `number` is removed
    complete,   ///< the rows so far are a snapshot
    start_over  ///< all rows are removed; a snapshot follows
};
constexpr auto weir_names(std::type_identity<table_change>) {
    using weir::codec::name;
    return weir::codec::names(
        name("snapshot", table_change::snapshot), name("remove", table_change::remove),
        name("complete", table_change::complete), name("start-over", table_change::start_over));
}

/// A change of a table other than a row. A row outside of a snapshot is put into its table.
struct table_event {
    table_name table = table_name::instruments;
    table_change change = table_change::snapshot;
    std::uint64_t number = 0;
};
constexpr auto weir_fields(std::type_identity<table_event>) {
    using weir::codec::field;
    return weir::codec::fields(field("table", &table_event::table),
                               field("change", &table_event::change),
                               field("number", &table_event::number));
}

/// A trade, at the moment when its result was decided. `received`: nanoseconds since the recording
/// began.
struct recorded_trade : trade {};
template <class M>
consteval auto recorded_field(std::string_view name, M trade::* member) {
    return weir::codec::field<recorded_trade, M>(name, member);
}
constexpr auto weir_fields(std::type_identity<recorded_trade>) {
    using t = trade;
    return weir::codec::fields(
        recorded_field("trade_id", &t::trade_id),
        recorded_field("instrument_id", &t::instrument_id), recorded_field("user_id", &t::user_id),
        recorded_field("price", &t::price), recorded_field("quantity", &t::quantity),
        recorded_field("side", &t::side), recorded_field("event_time", &t::event_time),
        recorded_field("taken", &t::received));
}

/// The last frame.
struct journal_end {
    std::uint64_t trades = 0;
};
constexpr auto weir_fields(std::type_identity<journal_end>) {
    return weir::codec::fields(weir::codec::field("recorded_trades", &journal_end::trades));
}

}  // namespace weir_enrich
