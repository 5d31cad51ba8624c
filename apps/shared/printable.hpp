/// Text of unknown origin, made safe for a terminal, a log and JSON.
#pragma once

#include <string>
#include <string_view>

namespace weir_apps {

/// `text` on one line: control characters, and bytes that are not UTF-8, are written as `\n`,
/// `\x1b`, `\u202e`. Everything else stays as it is.
std::string printable(std::string_view text);

/// The same as a view: of `text` if nothing has to be escaped, else of `memory`.
std::string_view printable(std::string_view text, std::string& memory);

/// `text` as UTF-8: U+FFFD replaces invalid bytes.
std::string as_utf8(std::string_view text);

}  // namespace weir_apps
