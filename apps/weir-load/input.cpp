#include "input.hpp"

#include <weir/connectors/csv/parser.hpp>

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace weir_load {

namespace {

namespace csv = weir::csv;
namespace fs = std::filesystem;

std::string listed(const std::string& list, std::string_view item) {
    return list.empty() ? std::string(item) : fmt::format("{}, {}", list, item);
}

/// The columns of a file that has a good header and no record, which no batch will tell.
std::shared_ptr<const csv::columns> columns_of_header(const fs::path& file,
                                                      const csv::dialect& rules) {
    csv::parser parser(rules);
    std::ifstream in(file, std::ios::binary);
    std::array<char, 4096> piece;
    while (in.read(piece.data(), piece.size()), in.gcount() != 0) {
        parser.feed({piece.data(), static_cast<std::size_t>(in.gcount())});
        parser.next();
    }
    parser.finish();
    parser.next();
    return parser.known_columns();
}

}  // namespace

person_columns find_columns(const fs::path& file, const csv::columns& columns) {
    constexpr std::array<std::string_view, 3> wanted = {"first_name", "last_name", "age"};
    std::array<std::size_t, 3> found{};
    std::string missing;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (const auto at = columns.find(wanted[i])) {
            found[i] = *at;
        } else {
            missing = listed(missing, wanted[i]);
        }
    }
    if (missing.empty()) return {found[0], found[1], found[2]};
    std::string there;
    for (const std::string& name : columns.names()) there = listed(there, name);
    throw csv::file_error(file, fmt::format("the header lacks {}: it must name the columns "
                                            "first_name, last_name and age, and names {}",
                                            missing, there));
}

csv::read_options input_options(char delimiter) {
    csv::read_options options;
    options.dialect.delimiter = delimiter;
    // More than any person needs, and so small that a few of them in memory do not matter.
    options.dialect.max_record_size = std::size_t{1} << 20;
    options.allow_no_records = true;
    return options;
}

input_facts examine(const fs::path& file, const csv::read_options& options) {
    std::error_code ignored;
    const auto status = fs::status(file, ignored);
    // Only what can be read again is read now; what is missing or a directory fails here.
    if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) return {};
    csv::file_reader reader(file, options);
    const auto first = reader.next();
    if (first) {
        find_columns(file, first->columns());
    } else {
        find_columns(file, *columns_of_header(file, options.dialect));
    }
    return {fs::file_size(file), !first};
}

}  // namespace weir_load
