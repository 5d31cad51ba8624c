/// \file
/// Files that are passed to a CSV reader by mistake.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::csv {

/// The number of bytes needed from the start of a file.
inline constexpr std::size_t foreign_head_size = 8;

/// The format of a file that begins with `head`, if it cannot be CSV, and what to do with it:
/// compressed (gzip, zip, xz, zstd, bzip2), or UTF-16 or UTF-32 with a byte order mark. Empty for
/// any other file, and for a `head` that is too short to decide.
///
/// Example: `csv::foreign_format("\x1f\x8b\x08")` begins with `this is compressed by gzip`.
std::string_view foreign_format(std::string_view head) noexcept;

}  // namespace weir::csv
