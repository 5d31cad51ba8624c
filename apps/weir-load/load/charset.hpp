/// How the text of an input is encoded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "byte_source.hpp"

namespace weir_load::table_load {

enum class charset { utf8, latin1, windows_1252, utf16_le, utf16_be };

std::string_view to_string(charset text) noexcept;
/// By the name that `--encoding` takes.
std::optional<charset> charset_named(std::string_view name) noexcept;

constexpr bool is_utf16(charset text) noexcept {
    return text == charset::utf16_le || text == charset::utf16_be;
}
/// Of these every byte is a character, so that the parser can read them as they are and only fields
/// are decoded.
constexpr bool is_single_byte(charset text) noexcept {
    return text == charset::latin1 || text == charset::windows_1252;
}

/// Tells from the first bytes of the input: by a byte order mark, by the zeros of UTF-16, by
/// whether they are UTF-8. What is none of these is taken for Windows-1252. `whole`: there are no
/// further bytes, so that a character cut off at the end counts.
charset sniff_charset(std::string_view sample, bool whole) noexcept;

/// Appends `field`, which is of a single-byte encoding, as UTF-8.
void append_decoded(std::string& to, std::string_view field, charset text);

/// UTF-16 as UTF-8, without the byte order mark. What is no UTF-16 comes out as bytes that are no
/// UTF-8, so that it is its record that is rejected.
byte_source_ptr from_utf16(byte_source_ptr from, charset text);

}  // namespace weir_load::table_load
