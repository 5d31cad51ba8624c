/// Whole numbers on the command line.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace weir_apps {

/// The number that `text` has in decimal digits; nothing if it has other characters, or the number
/// is above 2^64 - 1.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// The allowed values of an option.
struct bounds {
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// Empty if `text` is a whole number within `allowed`, else the error.
std::string check_number(const std::string& text, bounds allowed);

}  // namespace weir_apps
