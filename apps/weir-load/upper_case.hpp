/// Upper case for names.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir_load {

/// Writes `text` in upper case to `out`, which has room for twice its size, and returns how many
/// bytes that took.
///
/// Letters beyond ASCII are UTF-8 and change as the system's locale C.UTF-8 has it, one character
/// to one character ("ß" stays); where the system lacks that locale, only ASCII letters change.
/// Bytes that are not UTF-8 stay as they are.
std::size_t to_upper(std::string_view text, char* out) noexcept;

}  // namespace weir_load
