/// The CSV file that is loaded.
#pragma once

#include <weir/connectors/csv/columns.hpp>
#include <weir/connectors/csv/dialect.hpp>
#include <weir/connectors/csv/file_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace weir_load {

/// Where in a record the fields of a person stand.
struct person_columns {
    std::size_t first_name;
    std::size_t last_name;
    std::size_t age;
};

/// Finds them by their names. Throws csv::file_error, which names those that are missing.
person_columns find_columns(const std::filesystem::path& file, const weir::csv::columns& columns,
                            char delimiter);

/// What messages call the input: its path, or `standard input` for "-".
std::string input_name(const std::filesystem::path& file);

/// How the file is read.
weir::csv::read_options input_options(char delimiter);

struct input_facts {
    std::optional<std::uint64_t> size;  ///< in bytes; unknown for a pipe
    bool no_records = false;            ///< there is only a header
};

/// Looks at the file before anything is done: that it can be read, begins as a CSV file, and has
/// the columns. What is no file, and standard input, is not looked at, for what is read from it is
/// gone.
/// Throws std::system_error and csv::file_error, whose text names the file and the cause.
input_facts examine(const std::filesystem::path& file, const weir::csv::read_options& options);

}  // namespace weir_load
