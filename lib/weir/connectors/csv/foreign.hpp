/// \file
/// Files that are given to a CSV reader by mistake.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::csv {

/// No more bytes than these are needed from the start of a file.
inline constexpr std::size_t foreign_head_size = 8;

/// What a file is that begins with `head` and cannot be CSV, and what to do with it: compressed
/// (gzip, zip, xz, zstd, bzip2), or UTF-16 or UTF-32 with a byte order mark. Empty for any other
/// file. A `head` that is too short to tell gives an empty text too.
///
/// Example: `csv::foreign_format("\x1f\x8b\x08")` begins with `this is compressed by gzip`.
std::string_view foreign_format(std::string_view head) noexcept;

}  // namespace weir::csv
