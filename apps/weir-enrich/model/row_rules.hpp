/// The rules that rows of tables and trades must keep.
#pragma once

#include <weir-enrich/model/rows.hpp>
#include <weir-enrich/model/string_pool.hpp>
#include <weir-enrich/model/trade.hpp>

#include <optional>
#include <string_view>

namespace weir_enrich {

/// A fault in a row: the field, and the rule that it breaks.
struct row_fault {
    std::string_view field;
    std::string_view rule;
};

/// Copies the strings of a valid row into the pool, so that the row can go into a table. The pool
/// must outlive the row.
void own_strings(instrument& row, string_pool& strings);
void own_strings(account& row, string_pool& strings);
void own_strings(rate& row, string_pool& strings);

// Each checks a row that was read, and returns its fault. A valid row gets strings of its own, as
// above.
std::optional<row_fault> admit(instrument& row, string_pool& strings);
std::optional<row_fault> admit(account& row, string_pool& strings);
std::optional<row_fault> admit(rate& row, string_pool& strings);

/// The fault of a trade that was read, if it has one.
std::optional<row_fault> fault_of(const trade& t);

/// The name of a row's key field, which is its first.
template <class Row>
inline constexpr std::string_view key_name = std::get<0>(weir::codec::fields_of<Row>).name;

}  // namespace weir_enrich
