/// The records of feeds, which put and remove rows.
#pragma once

#include <weir/codec/fields.hpp>

#include <weir-enrich/model/rows.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir_enrich {

/// The operation of a record.
enum class table_op : std::uint32_t {
    put,        ///< a row is added, or replaces the one with its key
    remove,     ///< the row with this key is removed, if there is one
    complete,   ///< all rows since `start_over` were the whole table
    start_over  ///< the whole table follows
};
constexpr auto weir_names(std::type_identity<table_op>) {
    using weir::codec::name;
    return weir::codec::names(name("put", table_op::put), name("remove", table_op::remove),
                              name("complete", table_op::complete),
                              name("start-over", table_op::start_over));
}

// The operation, then the fields of the row in their order. `put` needs all, `remove` the first.

struct account_change {
    table_op op = table_op::put;
    std::optional<std::uint32_t> user_id;
    std::optional<std::string_view> name;
    std::optional<std::string_view> tier;
    std::optional<double> fee_rate;
};
constexpr auto weir_fields(std::type_identity<account_change>) {
    using weir::codec::field;
    return weir::codec::fields(
        field("op", &account_change::op), field("user_id", &account_change::user_id),
        field("name", &account_change::name), field("tier", &account_change::tier),
        field("fee_rate", &account_change::fee_rate));
}

struct rate_change {
    table_op op = table_op::put;
    std::optional<std::string_view> currency;
    std::optional<double> to_base;
};
constexpr auto weir_fields(std::type_identity<rate_change>) {
    using weir::codec::field;
    return weir::codec::fields(field("op", &rate_change::op),
                               field("currency", &rate_change::currency),
                               field("rate", &rate_change::to_base));
}

account_change change_type(const account&);
rate_change change_type(const rate&);
/// The record that changes a `Row`.
template <class Row>
using change_of = decltype(change_type(std::declval<const Row&>()));

/// Copies the fields that are present. Returns the name of the first missing one; empty if none is.
template <class Row>
std::string_view copy_fields(const change_of<Row>& from, Row& to) {
    std::string_view missing;
    const auto copy = [&](const auto& source, const auto& target) {
        if (const auto& value = from.*source.member) {
            to.*target.member = *value;
        } else if (missing.empty()) {
            missing = target.name;
        }
    };
    const auto copy_all = [&]<std::size_t... I>(std::index_sequence<I...>) {
        (copy(std::get<I + 1>(weir::codec::fields_of<change_of<Row>>),
              std::get<I>(weir::codec::fields_of<Row>)),
         ...);
    };
    copy_all(std::make_index_sequence<weir::codec::field_count<Row>>());
    return missing;
}

}  // namespace weir_enrich
