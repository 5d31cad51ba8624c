/// The columns that a CSV file must have.
#pragma once

#include <weir/connectors/csv/columns.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir_apps {

/// Options for reading a header.
struct header_rules {
    char delimiter = ',';
    /// The name of the option for the delimiter; empty if there is none.
    std::string_view delimiter_option = {};
};

/// The positions of the columns named in `wanted`, in that order. Other columns are skipped.
/// Throws csv::file_error if one is missing or occurs twice. Its text quotes the names (see
/// `printable`), and gives the likely reason: another delimiter, another encoding, other capitals.
std::vector<std::size_t> find_named(const std::filesystem::path& file,
                                    const weir::csv::columns& columns,
                                    std::span<const std::string_view> wanted,
                                    const header_rules& rules = {});

}  // namespace weir_apps
