/// Whole numbers on the command line.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace weir_apps {

/// Decimal digits and nothing else, as a number; nothing for what is none, or above 2^64 - 1.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// What an option may be.
struct bounds {
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// Empty when `text` is a whole number within `allowed`; else what is wrong with it.
std::string check_number(const std::string& text, bounds allowed);

}  // namespace weir_apps
