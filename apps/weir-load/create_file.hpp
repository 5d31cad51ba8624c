/// `weir-load create-file`: a CSV file of people that do not exist.
#pragma once

#include <shared/exit_code.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace weir_load {

using weir_apps::exit_code;

struct create_options {
    std::uint64_t number_rows = 0;
    std::filesystem::path output = "people.csv";
    /// The same seed gives the same file; without one, each file is another.
    std::optional<std::uint64_t> seed;
};

/// Writes the file. Throws std::system_error, and then there is no file that was not there before.
exit_code create_file(const create_options& options);

}  // namespace weir_load
