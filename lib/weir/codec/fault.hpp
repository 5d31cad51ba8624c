/// \file
/// The faults that a decoder finds in its input.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::codec {

/// Why bytes could not be read as a value.
enum class cause : std::uint8_t {
    none,
    // a line of JSON
    line_too_long,   ///< longer than the limit; the line is skipped
    not_json,        ///< malformed; `detail` says how
    not_an_object,   ///< JSON, but not `{...}`
    missing_field,   ///< a field is absent, and it is no std::optional
    repeated_field,  ///< a field occurs twice
    wrong_type,      ///< text where a number should be, null where a value should be, and so on
    // both
    out_of_range,   ///< a number that its field cannot hold
    unknown_value,  ///< not a value of that enum (or of a bool, in a frame)
    // a frame
    not_a_frame,      ///< it does not begin with a frame's mark
    unknown_version,  ///< a frame of a later version of the format
    frame_too_large,  ///< larger than the limit
    wrong_checksum,   ///< damaged
    other_schema,     ///< complete, but of a struct with other fields
    wrong_size,       ///< complete, but its fields end before or after its payload
    truncated,        ///< the input ended inside it
};

/// The position of bytes that could not be read as a value, and the reason.
///
/// The views point into static storage, so a fault may be kept.
struct fault {
    cause why = cause::none;
    /// The offset of the error from the start of all input: the value of the wrong type, the begin
    /// of the line in which a field is missing, or the begin of the frame.
    std::uint64_t offset = 0;
    std::uint64_t line = 0;        ///< from 1; 0 for frames
    std::string_view field = {};   ///< the name of the wrong field, if it is one
    std::string_view detail = {};  ///< more about `not_json`

    /// Position, field and reason on one line: `line 7, byte 123: field 'trade_px' is missing`.
    std::string message() const;

    /// The same as an absl::Status: ResourceExhausted if something is too long or too large,
    /// DataLoss if it is damaged or truncated, InvalidArgument otherwise.
    absl::Status status() const;

    friend bool operator==(const fault&, const fault&) = default;
};

}  // namespace weir::codec
