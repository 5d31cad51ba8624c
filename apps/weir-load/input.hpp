/// The CSV file to load.
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

/// The indexes of a person's fields in a record.
struct person_columns {
    std::size_t first_name;
    std::size_t last_name;
    std::size_t age;
};

/// Finds the columns by their names. Throws csv::file_error, which names the missing ones.
person_columns find_columns(const std::filesystem::path& file, const weir::csv::columns& columns,
                            char delimiter);

/// The name of the input in messages: its path, or `standard input` for "-".
std::string input_name(const std::filesystem::path& file);

/// The options for reading the file.
weir::csv::read_options input_options(char delimiter);

struct input_facts {
    std::optional<std::uint64_t> size;  ///< in bytes; unknown for a pipe
    bool no_records = false;            ///< the file has only a header
};

/// Checks the file before anything is done: it must be readable, begin as a CSV file, and have the
/// columns. Standard input, and any other input that is not a file, is not checked, because its
/// bytes can be read only once. Throws std::system_error and csv::file_error, whose text names the
/// file and the cause.
input_facts examine(const std::filesystem::path& file, const weir::csv::read_options& options);

}  // namespace weir_load
