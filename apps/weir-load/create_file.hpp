/// `weir-load create-file`: writes a CSV file of people that do not exist.
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
    /// The same seed gives the same file; without a seed, each file is different.
    std::optional<std::uint64_t> seed;
};

/// Writes the file. Throws std::system_error; then no new file is left behind.
exit_code create_file(const create_options& options);

}  // namespace weir_load
