/// \file
/// The format of a CSV file: its delimiter, its quote, whether it has a header.
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

/// The rules by which bytes become records. The defaults are those of RFC 4180, with a header.
///
/// Rules that always hold:
/// - A line ends at LF, CRLF or a lone CR, also mixed in one file; the last line needs no line end.
/// - A field that begins with the quote ends at the closing quote. Delimiters and line breaks in it
///   are kept, and each doubled quote stands for one. A quote inside a field that does not begin
///   with one is taken literally (`5" pipe` is a text of seven bytes).
/// - Every record must have as many fields as the header, or as the first good record when there is
///   no header. Another number is a fault of that record. Fields are not trimmed.
/// - Empty lines are skipped. In a file of one column they are records with one empty field,
///   because nothing else can express an empty value there; before the first record they are still
///   skipped.
/// - A UTF-8 byte order mark at the start of the file is skipped. All other bytes, NUL and invalid
///   UTF-8 too, pass through unchanged.
///
/// Example: `csv::dialect tabs{.delimiter = '\t', .comment = '#'};`
struct dialect {
    char delimiter = ',';
    char quote = '"';

    /// A line whose first byte is this one is skipped, quotes and all. Off by default.
    std::optional<char> comment = std::nullopt;

    csv::header header = csv::header::present;

    /// A record longer than this many bytes (line end not counted) is a fault, so a quote that is
    /// never closed cannot use up the memory. At most 1 GiB.
    std::size_t max_record_size = std::size_t{16} << 20;
};

/// The largest number of columns of a file. It limits what a hostile header makes us allocate.
inline constexpr std::size_t max_columns = 65'536;

/// Checks a dialect: the delimiter, quote and comment must differ from each other and be neither a
/// line end nor NUL, and `max_record_size` must lie in [1, 1 GiB].
///
/// \return OK, or InvalidArgument that names the conflict.
absl::Status validate(const dialect& d);

}  // namespace weir::csv
