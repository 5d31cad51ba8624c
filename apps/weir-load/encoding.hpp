/// The encoding of the text of an input.
#pragma once

#include <string>
#include <string_view>

namespace weir_load {

enum class encoding {
    utf8,          ///< a record that is not UTF-8 is rejected
    windows_1252,  ///< also right for ISO 8859-1 (Latin-1)
    bytes,         ///< bytes that are not UTF-8 are loaded unchanged
};

/// Appends `text`, which is windows-1252, to `to` as UTF-8. (Bytes without a character become
/// control characters, as in browsers.)
void append_windows_1252(std::string& to, std::string_view text);

}  // namespace weir_load
