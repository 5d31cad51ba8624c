/// Whether a text is JSON.
#pragma once

#include <string_view>

namespace weir_load::table_load {

/// Whether `text`, which is UTF-8, is one JSON value as RFC 8259 has it. No deeper than 500 levels.
bool is_json(std::string_view text) noexcept;

}  // namespace weir_load::table_load
