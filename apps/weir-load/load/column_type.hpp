/// What a column holds.
#pragma once

#include <weir/connectors/sqlite/table.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir_load::table_load {

enum class column_type : std::uint8_t {
    text,
    integer,
    real,
    boolean,    ///< kept as 0 or 1
    date,       ///< kept as text: 2026-12-01
    timestamp,  ///< kept as text: 2026-12-01 13:45:00
    decimal,    ///< kept as text, every digit as it stands
    uuid,       ///< kept as text
    json,       ///< kept as text
    number,     ///< of a table that is there and says NUMERIC: whole numbers, reals, and text
};

std::string_view to_string(column_type type) noexcept;
/// By the name that `--type` takes.
std::optional<column_type> column_type_named(std::string_view name) noexcept;

/// How SQLite is told to keep it.
weir::sqlite::column_type declared(column_type type) noexcept;

/// What a column of a table holds that is declared so: SQLite goes by parts of the word. Nothing:
/// it keeps values of all types as they are.
std::optional<column_type> type_of_declaration(std::string_view declaration) noexcept;

}  // namespace weir_load::table_load
