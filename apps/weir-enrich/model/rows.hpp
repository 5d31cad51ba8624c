/// The rows of the tables that trades are joined with.
#pragma once

#include <weir/codec/fields.hpp>
#include <weir/joins/table_update.hpp>

#include <weir-enrich/model/string_pool.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir_enrich {

// The strings of the rows in a table are in a `string_pool` (string_pool.hpp). Instruments never
// change, so their strings stay until the end. The strings of accounts and rates are freed with the
// last copy of their row.

/// A currency's name of at most eight characters, as a number: the key of rates.
using currency_key = std::uint64_t;

constexpr bool is_currency(std::string_view name) noexcept {
    return !name.empty() && name.size() <= sizeof(currency_key);
}
/// 0 if the text is not such a name.
constexpr currency_key key_of(std::string_view name) noexcept {
    if (!is_currency(name)) return 0;
    currency_key key = 0;
    for (const char c : name) key = key << 8 | static_cast<unsigned char>(c);
    return key;
}

struct instrument {
    std::uint32_t instrument_id = 0;
    std::string_view symbol;
    std::string_view name;
    std::string_view currency;
    double tick_size = 0;
    currency_key rate_key = 0;  ///< of `currency`
};
constexpr auto weir_fields(std::type_identity<instrument>) {
    using weir::codec::field;
    return weir::codec::fields(
        field("instrument_id", &instrument::instrument_id), field("symbol", &instrument::symbol),
        field("name", &instrument::name), field("currency", &instrument::currency),
        field("tick_size", &instrument::tick_size));
}

struct account {
    std::uint32_t user_id = 0;
    std::string_view name;
    std::string_view tier;
    double fee_rate = 0;    ///< of the notional
    row_strings strings{};  ///< owns the strings, in a table
};
constexpr auto weir_fields(std::type_identity<account>) {
    using weir::codec::field;
    return weir::codec::fields(field("user_id", &account::user_id), field("name", &account::name),
                               field("tier", &account::tier),
                               field("fee_rate", &account::fee_rate));
}

struct rate {
    std::string_view currency;
    double to_base = 0;     ///< the worth of one unit in the base currency
    row_strings strings{};  ///< as above
};
constexpr auto weir_fields(std::type_identity<rate>) {
    using weir::codec::field;
    return weir::codec::fields(field("currency", &rate::currency), field("rate", &rate::to_base));
}

// The key of a row.
constexpr std::uint32_t key_of(const instrument& row) noexcept {
    return row.instrument_id;
}
constexpr std::uint32_t key_of(const account& row) noexcept {
    return row.user_id;
}
constexpr currency_key key_of(const rate& row) noexcept {
    return key_of(row.currency);
}

template <class Row>
using update_of = weir::table_update<decltype(key_of(std::declval<const Row&>())), Row>;
template <class Row>
using table_of = typename update_of<Row>::table_type;

using instrument_table = table_of<instrument>;
using account_update = update_of<account>;
using account_table = table_of<account>;
using rate_update = update_of<rate>;
using rate_table = table_of<rate>;

}  // namespace weir_enrich
