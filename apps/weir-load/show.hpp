/// `weir-load show`: what a load has left in a database.
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

/// Prints how many people there are, whether they are all of their input, and the first few.
/// Throws sqlite::database_error. Without a table people: `exit_code::failure`.
exit_code show(const show_options& options);

}  // namespace weir_load
