/// What a row must be to stand in a table, and a trade to be one.
#pragma once

#include <optional>
#include <string_view>

#include "rows.hpp"
#include "texts.hpp"
#include "trade.hpp"

namespace weir_enrich {

/// What is wrong with a row: a field, and what it must be.
struct row_fault {
    std::string_view field;
    std::string_view rule;
};

/// Makes a row that is in order ready for a table: its texts are kept in `texts`, which must
/// outlive it.
void keep(instrument& row, texts& texts);
void keep(account& row, texts& texts);
void keep(rate& row, texts& texts);

// Each looks at a row that was read, and says what is wrong with it. One that is in order is kept,
// as above.
std::optional<row_fault> admit(instrument& row, texts& texts);
std::optional<row_fault> admit(account& row, texts& texts);
std::optional<row_fault> admit(rate& row, texts& texts);

/// What is wrong with a trade that was read.
std::optional<row_fault> fault_of(const trade& t);

/// The name of the field that a row is found by: the first.
template <class Row>
inline constexpr std::string_view key_name = std::get<0>(weir::codec::fields_of<Row>).name;

}  // namespace weir_enrich
