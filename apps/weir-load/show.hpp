/// `weir-load show`: prints the result of a load.
#pragma once

#include <shared/exit_code.hpp>

#include <cstdint>
#include <filesystem>

namespace weir_load {

using weir_apps::exit_code;

struct show_options {
    std::filesystem::path database = "people.db";
    std::uint64_t rows = 5;
};

/// Prints the number of people, whether the input is complete, and the first few people. Throws
/// sqlite::database_error. Without a table people: `exit_code::failure`.
exit_code show(const show_options& options);

}  // namespace weir_load
