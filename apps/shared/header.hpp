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

/// How a header is looked at.
struct header_rules {
    char delimiter = ',';
    /// The option that says what separates the fields; empty where there is none.
    std::string_view delimiter_option = {};
};

/// Where the columns of the names `wanted` stand, in that order; others are passed over.
/// Throws csv::file_error when one is missing or stands twice. Its text quotes the names (see
/// `printable`), and says what is likely to be wrong: another delimiter, another encoding, other
/// capitals.
std::vector<std::size_t> find_named(const std::filesystem::path& file,
                                    const weir::csv::columns& columns,
                                    std::span<const std::string_view> wanted,
                                    const header_rules& rules = {});

}  // namespace weir_apps
