/// How a CSV file is written, told from how it begins.
#pragma once

#include <weir/connectors/csv/dialect.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir_load::table_load {

/// What the user has said; the rest is sniffed.
struct told_dialect {
    std::optional<char> delimiter;
    std::optional<char> quote;  ///< NUL: fields are never quoted
    std::optional<bool> header;
    std::optional<char> comment;
};

/// The dialect of an input, and why.
struct sniffed_dialect {
    weir::csv::dialect rules;
    bool quotes = true;      ///< false: fields are never quoted
    std::string line_end;    ///< LF, CRLF, CR, mixed, or none
    std::string header_why;  ///< why there is a header, or none
};

/// The byte that stands for the quote where fields are never quoted: no UTF-8 text has it.
inline constexpr char no_quote = '\xff';

/// Tells it from `sample`, the text from the record on that may be the header. `whole`: the input
/// ends there. What comes out depends on nothing else.
///
/// - The delimiter is the one of `,` `;` tab and `|` by which most of the first records have as
///   many fields as the first, and more than one.
/// - The quote is `"`, or `'` where fields are in these and none is in `"`.
/// - The first record is a header if all its fields are text: no number, no date.
sniffed_dialect sniff_dialect(std::string_view sample, bool whole, const told_dialect& told);

}  // namespace weir_load::table_load
