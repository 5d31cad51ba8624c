/// The rows of the tables that trades are joined with.
#pragma once

#include <weir/codec/fields.hpp>
#include <weir/joins/table_update.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace weir_enrich {

// The texts of rows live in `texts` (texts.hpp), as long as the program.

/// A currency's name of at most eight characters as a number: what rates are looked up by.
using currency_key = std::uint64_t;

constexpr bool is_currency(std::string_view name) noexcept {
    return !name.empty() && name.size() <= sizeof(currency_key);
}
constexpr currency_key key_of(std::string_view name) noexcept {
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
    double fee_rate = 0;  ///< of the notional
};
constexpr auto weir_fields(std::type_identity<account>) {
    using weir::codec::field;
    return weir::codec::fields(field("user_id", &account::user_id), field("name", &account::name),
                               field("tier", &account::tier),
                               field("fee_rate", &account::fee_rate));
}

struct rate {
    std::string_view currency;
    double to_base = 0;  ///< what one unit of it is worth in the base currency
};
constexpr auto weir_fields(std::type_identity<rate>) {
    using weir::codec::field;
    return weir::codec::fields(field("currency", &rate::currency), field("rate", &rate::to_base));
}

using instrument_table = absl::flat_hash_map<std::uint32_t, instrument>;
using account_update = weir::table_update<std::uint32_t, account>;
using account_table = account_update::table_type;
using rate_update = weir::table_update<currency_key, rate>;
using rate_table = rate_update::table_type;

}  // namespace weir_enrich
