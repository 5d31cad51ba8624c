/// \file
/// Finds the bytes that matter to CSV, 64 at a time. Only this file and its source use SIMD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::csv::detail {

/// The bytes to look for.
struct needles {
    char delimiter;
    char quote;
    char comment;  ///< the same as `quote` when the dialect has no comments
};

/// The marked bytes of 64 bytes of input; bit i stands for byte i.
struct masks {
    std::uint64_t separators;  ///< delimiters and line ends
    std::uint64_t line_ends;   ///< LF, and CR not followed by LF; the CR of a CRLF is not marked
    std::uint64_t specials;    ///< quotes and comment characters
};

/// Fills `out[i]` from the bytes `[text + 64 * i, text + 64 * i + 64)`, for `count` chunks.
///
/// `text[64 * count]` must be readable too: it decides whether a CR in the last byte stands alone.
using classifier = void (*)(const char* text, std::size_t count, const needles& n, masks* out);

/// One classifier and the name of the processor feature that it needs.
struct named_classifier {
    const char* name;
    classifier function;
};

/// The classifiers that this processor can run, the fastest first. Never empty: the last one is
/// plain C++. They all give the same masks.
std::span<const named_classifier> classifiers();

}  // namespace weir::csv::detail
