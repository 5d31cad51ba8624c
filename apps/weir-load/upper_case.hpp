/// Upper case for names.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir_load {

/// Writes `text` in upper case to `out`, which has room for twice its size, and returns the number
/// of bytes written.
///
/// Letters beyond ASCII are UTF-8. They change as in the system's locale C.UTF-8, one character to
/// one character ("ß" stays). If the system lacks that locale, only ASCII letters change. Bytes
/// that are not UTF-8 are unchanged.
std::size_t to_upper(std::string_view text, char* out) noexcept;

}  // namespace weir_load
