// What the tests of `weir-load load` share.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "../support.hpp"

namespace weir_load_test {

/// The rows that a query gives, a line each: `1|Anna|NULL`. Texts stand as they are.
std::string query(const std::filesystem::path& database, std::string_view sql);

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// Runs `weir-load load` with these arguments.
inline outcome load(const scratch& dir, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "load");
    return run(dir.path(), arguments);
}

}  // namespace weir_load_test
