/// SHA-256, as FIPS 180-4 defines it.
#pragma once

#include <string>
#include <string_view>

namespace weir_load::table_load {

/// The digest of `text` as 64 hex digits in lower case.
std::string sha256_hex(std::string_view text);

}  // namespace weir_load::table_load
