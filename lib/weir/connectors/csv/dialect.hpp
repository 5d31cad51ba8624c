/// \file
/// How a CSV file is written: its delimiter, its quote, whether it has a header.
#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <optional>

namespace weir::csv {

/// Whether the first record names the columns.
enum class header {
    present,  ///< the first record holds the names and is not among the records delivered
    none,     ///< the first record is data
};

/// The rules by which bytes become records. The defaults are RFC 4180 with a header.
///
/// What is always so
/// - A line ends at LF, CRLF or a lone CR, also mixed in one file; the last line need not end.
/// - A field that begins with the quote runs to the closing quote, holds delimiters and line breaks
///   as they are, and each doubled quote in it stands for one. A quote further on in a field that
///   did not begin with one is taken literally (`5" pipe` is a text of seven bytes).
/// - Every record must have as many fields as the header, or as the first good record when there is
///   no header; one that has not is a fault of that record. Fields are not trimmed.
/// - Empty lines are skipped. In a file of one column they are records with one empty field, for
///   there nothing else says that a value is empty; before the first record they are still skipped.
/// - A UTF-8 byte order mark at the start of the file is skipped. All other bytes, NUL and invalid
///   UTF-8 too, pass through untouched.
///
/// Example: `csv::dialect tabs{.delimiter = '\t', .comment = '#'};`
struct dialect {
    char delimiter = ',';
    char quote = '"';

    /// A line whose first byte is this one is skipped, quotes and all. Off by default.
    std::optional<char> comment = std::nullopt;

    csv::header header = csv::header::present;

    /// A record longer than this many bytes (line end not counted) is a fault, so that a quote that
    /// is never closed cannot swallow memory. At most 1 GiB.
    std::size_t max_record_size = std::size_t{16} << 20;
};

/// No file may have more columns than this; it bounds what a hostile header can make us allocate.
inline constexpr std::size_t max_columns = 65'536;

/// Tells whether a dialect makes sense: the delimiter, quote and comment must differ from each
/// other and be neither a line end nor NUL, and `max_record_size` must lie in [1, 1 GiB].
///
/// \return OK, or InvalidArgument that says which of them clash.
absl::Status validate(const dialect& d);

}  // namespace weir::csv
