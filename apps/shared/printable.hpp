/// Text of unknown origin, made fit for a terminal, a log and JSON.
#pragma once

#include <string>
#include <string_view>

namespace weir_apps {

/// `text` on one line, for people: control characters are written as `\n`, `\x1b`, `\u202e`, and so
/// are bytes that are no UTF-8. All else stays as it is.
std::string printable(std::string_view text);

/// The same as a view: of `text` where nothing has to be escaped, else of `memory`.
std::string_view printable(std::string_view text, std::string& memory);

/// `text` as UTF-8: U+FFFD stands for what is none.
std::string as_utf8(std::string_view text);

}  // namespace weir_apps
