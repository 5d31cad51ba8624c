/// \file
/// What can be wrong with one record.
#pragma once

#include <weir/connectors/csv/position.hpp>

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::csv {

/// Why a record is bad.
enum class fault : std::uint8_t {
    none,
    wrong_field_count,  ///< more or fewer fields than the file has columns
    text_after_quote,   ///< a quoted field goes on after its closing quote
    unclosed_quote,     ///< the input ended inside a quoted field
    record_too_large,   ///< longer than `dialect::max_record_size`
};

/// A record that could not be read, at its place among the good ones.
///
/// A quote that is never closed would make one record of all the rest. So a record with an unclosed
/// quote, or one that grew too large inside quotes, ends with the physical line on which that quote
/// stands, and reading goes on with the next line. A record too large outside quotes ends with the
/// physical line on which it passed the bound.
struct record_error {
    fault reason = fault::none;
    position where;            ///< where the record starts
    std::uint64_t length = 0;  ///< its bytes, line end not counted
    std::size_t field =
        0;  ///< the field at fault, from 1; for `wrong_field_count` how many there are
    /// How many fields a record of this file has; 0 where that is not known yet, because the file
    /// has no header and no good record has come.
    std::size_t expected = 0;

    /// Its bytes as the file has them; of one that is too large the first `excerpt_size`. A view
    /// into the batch.
    std::string_view text;

    static constexpr std::size_t excerpt_size = 256;

    /// Place and reason on one line, such as `line 7, byte 123: 4 fields, expected 3`.
    std::string message() const;

    /// The reason alone.
    std::string reason_text() const;

    /// The same as an absl::Status: InvalidArgument, or ResourceExhausted for a record too large.
    /// It carries the position too, see `position_of`.
    absl::Status status() const;
};

/// Where the bad record starts that a status from `record_error::status` (so one out of
/// `csv::read`) is about; nothing for any other status.
std::optional<position> position_of(const absl::Status& status);

}  // namespace weir::csv
