/// The fields of a record as text, or as NULL.
#pragma once

#include <weir/connectors/csv/record.hpp>

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charset.hpp"

namespace weir_load::table_load {

/// How fields are understood, whatever their column holds.
struct field_rules {
    charset text = charset::utf8;
    char quote = '"';
    bool trim = false;
    const std::vector<std::string>* null_words = nullptr;
};

/// A field as text. Empty ones are NULL, but for one in quotes (`""`) in a column of text.
struct field_text {
    std::string_view text;
    bool is_null = false;
    bool quoted_empty = false;
    bool bad_utf8 = false;
};

/// Field `index` of `record`. Text that had to be decoded goes to `memory`. Cost: nothing is
/// copied or allocated but that.
field_text read_field(const weir::csv::record& record, std::size_t index, const field_rules& rules,
                      std::pmr::memory_resource& memory);

/// `text` without the spaces and tabs around it.
std::string_view trimmed(std::string_view text) noexcept;

/// A copy of `text` that lives as long as `memory`.
std::string_view keep_text(std::string_view text, std::pmr::memory_resource& memory);

}  // namespace weir_load::table_load
