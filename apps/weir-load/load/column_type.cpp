#include "column_type.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace weir_load::table_load {

namespace {

constexpr std::array<std::pair<std::string_view, column_type>, 10> type_names = {{
    {"text", column_type::text},
    {"integer", column_type::integer},
    {"real", column_type::real},
    {"boolean", column_type::boolean},
    {"date", column_type::date},
    {"timestamp", column_type::timestamp},
    {"decimal", column_type::decimal},
    {"uuid", column_type::uuid},
    {"json", column_type::json},
    {"number", column_type::number},
}};

std::string upper(std::string_view text) {
    std::string to(text);
    for (char& c : to) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return to;
}

}  // namespace

std::string_view to_string(column_type type) noexcept {
    return std::ranges::find(type_names, type, [](auto& e) { return e.second; })->first;
}

std::optional<column_type> column_type_named(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(type_names, name, [](auto& e) { return e.first; });
    if (found == type_names.end() || found->second == column_type::number) return std::nullopt;
    return found->second;
}

weir::sqlite::column_type declared(column_type type) noexcept {
    switch (type) {
        case column_type::integer:
        case column_type::boolean:
            return weir::sqlite::column_type::integer;
        case column_type::real:
            return weir::sqlite::column_type::real;
        case column_type::number:
            return weir::sqlite::column_type::any;
        default:
            return weir::sqlite::column_type::text;
    }
}

std::optional<column_type> type_of_declaration(std::string_view declaration) noexcept {
    const std::string word = upper(declaration);
    const auto has = [&word](std::string_view part) { return word.find(part) != word.npos; };
    if (has("INT")) return column_type::integer;
    if (has("CHAR") || has("CLOB") || has("TEXT")) return column_type::text;
    if (has("BLOB") || word.empty() || word == "ANY") return std::nullopt;
    if (has("REAL") || has("FLOA") || has("DOUB")) return column_type::real;
    return column_type::number;
}

}  // namespace weir_load::table_load
