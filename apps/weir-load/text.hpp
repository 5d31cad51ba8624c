/// Numbers and names as people, and as programs, like to read them.
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

/// `text` as a JSON string, in its quotes. U+FFFD stands for what is no UTF-8.
std::string json_string(std::string_view text);

}  // namespace weir_load
