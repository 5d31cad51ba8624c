#include "input.hpp"

#include <weir/runtime/input_file.hpp>

#include <shared/header.hpp>

#include <array>
#include <string_view>

namespace weir_load {

namespace {

namespace csv = weir::csv;
namespace fs = std::filesystem;

}  // namespace

person_columns find_columns(const fs::path& file, const csv::columns& columns, char delimiter) {
    constexpr std::array<std::string_view, 3> wanted = {"first_name", "last_name", "age"};
    const weir_apps::header_rules rules{delimiter, "--delimiter"};
    const auto found = weir_apps::find_named(file, columns, wanted, rules);
    return {found[0], found[1], found[2]};
}

std::string input_name(const fs::path& file) {
    return file == "-" ? "standard input" : file.string();
}

csv::read_options input_options(char delimiter) {
    csv::read_options options;
    options.dialect.delimiter = delimiter;
    // More than any person needs, and small enough to hold a few in memory.
    options.dialect.max_record_size = std::size_t{1} << 20;
    options.allow_no_records = true;
    return options;
}

input_facts examine(const fs::path& file, const csv::read_options& options) {
    if (file == "-") {
        weir::input_file standard;
        standard.open(file);
        return {standard.size()};
    }
    std::error_code ignored;
    const auto status = fs::status(file, ignored);
    // Only input that can be read again is read now; a missing file or a directory fails here.
    if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) return {};
    csv::file_reader reader(file, options);
    const auto first = reader.next();
    find_columns(file, *reader.known_columns(), options.dialect.delimiter);
    return {fs::file_size(file), !first};
}

}  // namespace weir_load
