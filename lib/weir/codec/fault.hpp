/// \file
/// What can be wrong with bytes that should be values.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::codec {

/// Why bytes are no value.
enum class cause : std::uint8_t {
    none,
    // a line of JSON
    line_too_long,   ///< longer than the bound; the line is skipped
    not_json,        ///< malformed; `detail` says how
    not_an_object,   ///< JSON, but not `{...}`
    missing_field,   ///< a field that is no std::optional is not there
    repeated_field,  ///< a field stands twice
    wrong_type,      ///< text where a number should be, null where a value should be, and so on
    // both
    out_of_range,   ///< a number that its field cannot hold
    unknown_value,  ///< no value of that enum (or of a bool, in a frame)
    // a frame
    not_a_frame,      ///< it does not begin as a frame does
    unknown_version,  ///< a frame of a later version of the format
    frame_too_large,  ///< larger than the bound
    wrong_checksum,   ///< damaged
    other_schema,     ///< whole, but of a struct with other fields
    wrong_size,       ///< whole, but its fields end before or after its payload
    truncated,        ///< the input ended inside it
};

/// A place at which bytes could not be read as a value, and why.
///
/// The views in it are of static storage: a fault may be kept.
struct fault {
    cause why = cause::none;
    /// Bytes from the start of all that was fed, to the place that is wrong: the value of the wrong
    /// type, the begin of the line in which a field is missing, the begin of the frame.
    std::uint64_t offset = 0;
    std::uint64_t line = 0;        ///< from 1; 0 for frames
    std::string_view field = {};   ///< the name of the field at fault, where it is one
    std::string_view detail = {};  ///< more about `not_json`

    /// Place, field and reason on one line: `line 7, byte 123: field 'trade_px' is missing`.
    std::string message() const;

    /// The same as an absl::Status: ResourceExhausted for what is too long or too large, DataLoss
    /// for what is damaged or truncated, InvalidArgument for all else.
    absl::Status status() const;

    friend bool operator==(const fault&, const fault&) = default;
};

}  // namespace weir::codec
