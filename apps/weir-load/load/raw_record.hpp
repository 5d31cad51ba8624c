/// The bytes of a record, as the input has them.
#pragma once

#include <weir/connectors/csv/dialect.hpp>

#include <cstddef>
#include <string_view>

namespace weir_load::table_load {

/// How many bytes the record has that `text` begins with, without its line end.
std::size_t raw_record_size(std::string_view text, const weir::csv::dialect& rules) noexcept;

/// The first record of `text`, the start of an input: what stands behind a byte order mark, empty
/// lines and comments. Without its line end.
std::string_view first_record(std::string_view text, const weir::csv::dialect& rules) noexcept;

/// What is left of `text` behind its first `lines` lines.
std::string_view behind_lines(std::string_view text, std::size_t lines) noexcept;

}  // namespace weir_load::table_load
