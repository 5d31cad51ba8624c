/// Formats numbers and texts for users and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir_load {

/// `2,500,000`
std::string grouped(std::uint64_t number);

/// `1 row`, `2,500,000 rows`
std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural);

/// `0.42 s`, `17 s`, `4 min 5 s`, `2 h 3 min`
std::string duration(double seconds);

/// `text` as a JSON string, in its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace weir_load
