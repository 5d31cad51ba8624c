#include <weir/connectors/sqlite/sql_words.hpp>

#include <algorithm>
#include <cstddef>

namespace weir::sqlite {

namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool in_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') ||
           (lower(c) >= 'a' && lower(c) <= 'z');
}

constexpr std::string_view spaces = " \t\n\f\r";

/// The size of the spaces and comments at the begin of `sql`.
std::size_t gap(std::string_view sql) {
    std::size_t size = 0;
    for (;;) {
        size = std::min(sql.find_first_not_of(spaces, size), sql.size());
        const std::string_view rest = sql.substr(size);
        const std::string_view end = rest.starts_with("--")   ? "\n"
                                     : rest.starts_with("/*") ? "*/"
                                                              : "";
        if (end.empty()) return size;
        const std::size_t at = rest.find(end, 2);
        size = at == rest.npos ? sql.size() : size + at + end.size();
    }
}

sql_word quoted_word(std::string_view sql) {
    const char end = sql[0] == '[' ? ']' : sql[0];
    sql_word word{{}, {}, true};
    std::size_t i = 1;
    for (; i < sql.size(); ++i) {
        if (sql[i] == end) {
            // A doubled quote stands for itself, except for brackets.
            if (end == ']' || i + 1 == sql.size() || sql[i + 1] != end) break;
            ++i;
        }
        word.value += sql[i];
    }
    word.text = sql.substr(0, std::min(i + 1, sql.size()));
    return word;
}

sql_word first_word(std::string_view sql) {
    if (std::string_view("\"'`[").find(sql[0]) != std::string_view::npos) return quoted_word(sql);
    std::size_t size = 0;
    while (size < sql.size() && in_word(sql[size])) ++size;
    const std::string_view text = sql.substr(0, std::max<std::size_t>(size, 1));
    return {text, std::string(text), false};
}

}  // namespace

bool sql_word::is(std::string_view keyword) const noexcept {
    return !quoted && same_name(text, keyword);
}

std::vector<sql_word> sql_words(std::string_view sql) {
    std::vector<sql_word> words;
    for (sql.remove_prefix(gap(sql)); !sql.empty(); sql.remove_prefix(gap(sql))) {
        words.push_back(first_word(sql));
        sql.remove_prefix(words.back().text.size());
    }
    return words;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace weir::sqlite
