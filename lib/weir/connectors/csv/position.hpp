/// \file
/// Where records stand in a CSV file: the coin in which loads are resumed and faults are reported.
#pragma once

#include <compare>
#include <cstdint>

namespace weir::csv {

/// A place in a file where a record starts.
///
/// `line` counts physical lines from 1: LF, CRLF and a lone CR each end one, inside quotes too, so
/// it is the number an editor shows. `offset` counts bytes from the start of the file, a byte order
/// mark included, so it is what `seek` takes.
struct position {
    std::uint64_t line = 1;
    std::uint64_t offset = 0;

    friend constexpr auto operator<=>(const position&, const position&) = default;
};

/// A half-open stretch of a file: from the start of a record up to where the next one begins.
///
/// The ranges of the batches of one file follow each other without gaps. To go on after a batch
/// that was handled, start a parser at `range.end` (see `parser::parser(dialect, position,
/// columns)`).
struct range {
    position begin;
    position end;

    /// How many bytes of the file it covers.
    constexpr std::uint64_t bytes() const noexcept { return end.offset - begin.offset; }

    friend constexpr bool operator==(const range&, const range&) = default;
};

}  // namespace weir::csv
