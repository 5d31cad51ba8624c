/// \file
/// The words of a piece of SQL, to find names in a schema. Not a parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::sqlite {

/// A keyword, a name, a string, a number, or one character of punctuation.
struct sql_word {
    std::string_view text;  ///< as in the SQL, quotes included
    std::string value;      ///< without quotes
    bool quoted;            ///< "a", 'a', `a` or [a]

    /// Whether this is the keyword; letters are compared as in SQLite.
    bool is(std::string_view keyword) const noexcept;
};

/// The words of `sql`, in order, without comments. They refer to `sql`.
std::vector<sql_word> sql_words(std::string_view sql);

/// Whether two names are the same for SQLite: ASCII letters are equal in either case.
bool same_name(std::string_view a, std::string_view b) noexcept;

}  // namespace weir::sqlite
