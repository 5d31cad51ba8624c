/// Options that every command has that writes to a database.
#pragma once

#include <shared/options.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "staging.hpp"

namespace weir_load {

/// Sets the allowances that `--allow` names. Throws `CLI::ValidationError` for any other name.
void allow_named(allowances& allow, const std::vector<std::string>& names);
/// For the help of `--allow`.
inline constexpr const char* allowance_names = "references|other-shape|search-tables|empty";

void add_lock_wait(CLI::App& command, std::chrono::seconds& to);
void add_fast(CLI::App& command, bool& to);

}  // namespace weir_load
