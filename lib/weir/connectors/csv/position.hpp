/// \file
/// The positions of records in a CSV file: loads resume at them, and faults are reported with them.
#pragma once

#include <compare>
#include <cstdint>

namespace weir::csv {

/// The position in a file at which a record starts.
///
/// `line` counts physical lines from 1, as an editor does: LF, CRLF and a lone CR each end one,
/// inside quotes too. `offset` counts bytes from the start of the file, including a byte order
/// mark, as `seek` does.
struct position {
    std::uint64_t line = 1;
    std::uint64_t offset = 0;

    friend constexpr auto operator<=>(const position&, const position&) = default;
};

/// A half-open part of a file: from the start of a record to the begin of the next one.
///
/// The ranges of the batches of one file follow each other without gaps. To continue after a
/// processed batch, start a parser at `range.end` (see `parser::parser(dialect, position,
/// columns)`).
struct range {
    position begin;
    position end;

    /// The number of bytes in the range.
    constexpr std::uint64_t bytes() const noexcept { return end.offset - begin.offset; }

    friend constexpr bool operator==(const range&, const range&) = default;
};

}  // namespace weir::csv
