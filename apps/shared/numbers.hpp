/// Numbers on the command line.
#pragma once

#include <string>

namespace weir_apps {

// For CLI::Option::check: empty when all is well, else what is wrong.

/// CLI11 itself would take -3 for the greatest number but two.
inline std::string check_whole(const std::string& text) {
    const bool whole = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    return whole ? std::string() : "must be a whole number, not " + text;
}

inline std::string check_positive(const std::string& text) {
    auto fault = check_whole(text);
    if (!fault.empty()) return fault;
    return text.find_first_not_of('0') == text.npos ? "must be at least 1" : std::string();
}

}  // namespace weir_apps
