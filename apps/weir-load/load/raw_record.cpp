#include "raw_record.hpp"

#include <algorithm>

namespace weir_load::table_load {

namespace {

constexpr std::string_view line_ends = "\r\n";

/// Passes over one line end, if there is one.
std::string_view behind_line_end(std::string_view text) noexcept {
    if (text.starts_with("\r\n")) return text.substr(2);
    if (text.starts_with('\r') || text.starts_with('\n')) return text.substr(1);
    return text;
}

std::string_view behind_line(std::string_view text) noexcept {
    return behind_line_end(text.substr(std::min(text.find_first_of(line_ends), text.size())));
}

}  // namespace

std::size_t raw_record_size(std::string_view text, const weir::csv::dialect& rules) noexcept {
    bool quoted = false;
    bool in_quoted_field = false;
    bool at_field_start = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            quoted = c != rules.quote;
            continue;
        }
        if (c == '\n' || c == '\r') return i;
        if (c == rules.quote && (at_field_start || (in_quoted_field && text[i - 1] == c))) {
            quoted = in_quoted_field = true;  // opened, or the second of a doubled one
        }
        at_field_start = c == rules.delimiter;
        if (at_field_start) in_quoted_field = false;
    }
    return text.size();
}

std::string_view first_record(std::string_view text, const weir::csv::dialect& rules) noexcept {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (;;) {
        const std::string_view rest = behind_line_end(text);
        if (rest.size() != text.size()) {
            text = rest;
        } else if (rules.comment && text.starts_with(*rules.comment)) {
            text = behind_line(text);
        } else {
            return text.substr(0, raw_record_size(text, rules));
        }
    }
}

std::string_view behind_lines(std::string_view text, std::size_t lines) noexcept {
    for (; lines != 0 && !text.empty(); --lines) text = behind_line(text);
    return text;
}

}  // namespace weir_load::table_load
