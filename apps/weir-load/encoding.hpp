/// How the text of an input is encoded.
#pragma once

#include <string>
#include <string_view>

namespace weir_load {

enum class encoding {
    utf8,          ///< what is no UTF-8 is a rejected record
    windows_1252,  ///< also right for ISO 8859-1 (Latin-1)
    bytes,         ///< what is no UTF-8 is loaded as it is
};

/// Appends `text`, which is windows-1252, to `to` as UTF-8. (Bytes that it has no character for are
/// control characters, as browsers have it.)
void append_windows_1252(std::string& to, std::string_view text);

}  // namespace weir_load
