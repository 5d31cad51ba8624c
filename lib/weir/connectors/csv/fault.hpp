/// \file
/// The faults of a single record.
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

/// A record that could not be read, in its position among the good ones.
///
/// A quote that is never closed would turn the rest of the file into one record. So a record with
/// an unclosed quote, or one that grew too large inside quotes, ends with the physical line of that
/// quote, and reading continues with the next line. A record that is too large outside quotes ends
/// with the physical line on which it exceeded the limit.
struct record_error {
    fault reason = fault::none;
    position where;            ///< the begin of the record
    std::uint64_t length = 0;  ///< bytes of the record, line end not counted
    std::size_t field =
        0;  ///< the field at fault, from 1; for `wrong_field_count` how many there are
    /// How many fields a record of this file has. 0 if that is not known yet, because the file has
    /// no header and no good record was read.
    std::size_t expected = 0;

    /// The record's bytes as in the file; only the first `excerpt_size` of a record that is too
    /// large. A view into the batch.
    std::string_view text;

    static constexpr std::size_t excerpt_size = 256;

    /// Position and reason on one line, such as `line 7, byte 123: 4 fields, expected 3`.
    std::string message() const;

    /// The reason alone.
    std::string reason_text() const;

    /// The same as an absl::Status: InvalidArgument, or ResourceExhausted for a record that is too
    /// large. It carries the position too, see `position_of`.
    absl::Status status() const;
};

/// The begin of the bad record to which a status of `record_error::status` (and so of `csv::read`)
/// belongs; nothing for any other status.
std::optional<position> position_of(const absl::Status& status);

}  // namespace weir::csv
