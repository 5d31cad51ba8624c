/// Durations as text.
#pragma once

#include <fmt/format.h>

#include <string>

namespace weir_enrich {

/// "950 ns", "12.3 us", "4.56 ms", "1.20 s"
inline std::string time_text(double ns) {
    if (ns < 1e3) return fmt::format("{:.0f} ns", ns);
    if (ns < 1e6) return fmt::format("{:.1f} us", ns / 1e3);
    if (ns < 1e9) return fmt::format("{:.2f} ms", ns / 1e6);
    return fmt::format("{:.2f} s", ns / 1e9);
}

}  // namespace weir_enrich
