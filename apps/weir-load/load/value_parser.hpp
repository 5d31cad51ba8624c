/// The text of a field as a value of its column's type.
#pragma once

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "cell.hpp"
#include "column_type.hpp"
#include "date_format.hpp"

namespace weir_load::table_load {

/// How the fields of a column are read.
struct value_rules {
    column_type type = column_type::text;
    /// The user named the type: then a number may be written with leading zeros or a plus.
    bool told = false;
    const date_format* dates = nullptr;  ///< for dates and timestamps; none: as ISO 8601 has it
};

/// A value, or why the text is none.
struct parsed_value {
    cell value;
    const char* fault = nullptr;  ///< words that go after the value: `is no whole number`

    bool ok() const noexcept { return fault == nullptr; }
};

/// Reads `text`, which is not NULL and is UTF-8. No value is changed to fit: what would not come
/// out of the database as it went in is a fault. Text that has to be written anew goes to `memory`.
parsed_value parse_value(std::string_view text, const value_rules& rules,
                         std::pmr::memory_resource& memory);

/// Whole numbers that SQLite holds: no leading zeros, no plus, no spaces.
std::optional<std::int64_t> plain_integer(std::string_view text) noexcept;
/// Numbers that a double gives back with all their digits.
std::optional<double> plain_real(std::string_view text) noexcept;
/// 2026-12-01, a day that there is.
bool is_iso_date(std::string_view text) noexcept;
/// 2026-12-01 13:45, with seconds, their fraction and an offset or Z where they are there; a T may
/// stand in the place of the space.
bool is_iso_timestamp(std::string_view text) noexcept;
bool is_decimal(std::string_view text) noexcept;
bool is_uuid(std::string_view text) noexcept;

/// `number`, `date` or `UUID` for what looks like data and not like the name of a column; else
/// empty.
std::string_view plain_kind(std::string_view text) noexcept;

}  // namespace weir_load::table_load
