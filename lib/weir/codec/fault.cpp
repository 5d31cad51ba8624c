#include <weir/codec/fault.hpp>

#include <string>

namespace weir::codec {
namespace {

std::string_view reason(cause why) {
    switch (why) {
        case cause::none:
            return "no fault";
        case cause::line_too_long:
            return "is longer than the bound";
        case cause::not_json:
            return "is not JSON";
        case cause::not_an_object:
            return "is not a JSON object";
        case cause::missing_field:
            return "is missing";
        case cause::repeated_field:
            return "stands twice";
        case cause::wrong_type:
            return "is of the wrong type";
        case cause::out_of_range:
            return "is out of range";
        case cause::unknown_value:
            return "has a value that its type does not know";
        case cause::not_a_frame:
            return "this is not the begin of a frame";
        case cause::unknown_version:
            return "the frame is of an unknown version of the format";
        case cause::frame_too_large:
            return "the frame is larger than the bound";
        case cause::wrong_checksum:
            return "the frame is damaged: its checksum is wrong";
        case cause::other_schema:
            return "the frame is of another schema";
        case cause::wrong_size:
            return "the frame's payload has not the size of its fields";
        case cause::truncated:
            return "the input ended inside a frame";
    }
    return "unknown fault";
}

}  // namespace

std::string fault::message() const {
    std::string text;
    if (line != 0) text += "line " + std::to_string(line) + ", ";
    text += "byte " + std::to_string(offset) + ": ";
    if (!field.empty())
        text.append("field '").append(field).append("' ");
    else if (line != 0)
        text += "the line ";
    text += reason(why);
    if (!detail.empty()) text.append(": ").append(detail);
    return text;
}

absl::Status fault::status() const {
    switch (why) {
        case cause::none:
            return absl::OkStatus();
        case cause::line_too_long:
        case cause::frame_too_large:
            return absl::ResourceExhaustedError(message());
        case cause::wrong_checksum:
        case cause::truncated:
            return absl::DataLossError(message());
        default:
            return absl::InvalidArgumentError(message());
    }
}

}  // namespace weir::codec
