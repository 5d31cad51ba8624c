#include "field_reader.hpp"

#include <weir/core/utf8.hpp>

#include <algorithm>
#include <cstring>

namespace weir_load::table_load {

namespace {

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view spaces = " \t";
    const auto first = text.find_first_not_of(spaces);
    if (first == text.npos) return text.substr(0, 0);
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::string_view keep_text(std::string_view text, std::pmr::memory_resource& memory) {
    if (text.empty()) return {};
    char* const kept = static_cast<char*>(memory.allocate(text.size(), 1));
    std::memcpy(kept, text.data(), text.size());
    return {kept, text.size()};
}

field_text read_field(const weir::csv::record& record, std::size_t index, const field_rules& rules,
                      std::pmr::memory_resource& memory) {
    field_text field{record[index]};
    if (field.text.empty()) {
        // There is a byte on either side of every field: a delimiter, a line end, a quote, or the
        // zeros around a block.
        const char* const at = field.text.data();
        field.quoted_empty = at[-1] == rules.quote && at[0] == rules.quote;
        field.is_null = true;
        return field;
    }
    if (rules.trim) {
        field.text = trimmed(field.text);
        field.is_null = field.text.empty();
    }
    if (rules.null_words && !rules.null_words->empty()) {
        field.is_null = field.is_null ||
                        std::ranges::find(*rules.null_words, field.text) != rules.null_words->end();
    }
    if (field.is_null) return field;
    if (!is_single_byte(rules.text)) {
        field.bad_utf8 = !weir::is_utf8(field.text);
    } else if (!is_ascii(field.text)) {
        std::string decoded;
        append_decoded(decoded, field.text, rules.text);
        field.text = keep_text(decoded, memory);
    }
    return field;
}

}  // namespace weir_load::table_load
