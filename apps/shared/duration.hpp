/// Durations on the command line.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace weir_apps {

/// "500ms", "2s", "1m", "1h": a whole number and its unit. Nothing if the text is not like that, or
/// is longer than a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace weir_apps
