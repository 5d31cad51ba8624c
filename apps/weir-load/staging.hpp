/// The replacements that a load may make, and the messages when it may not.
#pragma once

#include <weir/connectors/sqlite/staged_table.hpp>

#include <filesystem>
#include <string>

namespace weir_load {

/// Losses that the user accepts: `--allow`.
struct allowances {
    bool references = false;     ///< rows of other tables may refer to people that no longer exist
    bool other_shape = false;    ///< a table with other columns or rules may be replaced
    bool search_tables = false;  ///< search tables may be rebuilt, or left unchanged
    bool empty = false;          ///< a table with rows may be replaced by an empty one
};

weir::sqlite::staging_options staging_options(const allowances& allowed);

/// The error, with the option that allows the refused replacement.
std::string with_option(const weir::sqlite::not_replaceable& refused);

/// The error for a database that another connection has locked. If that is a load, it is named.
std::string with_holder(const weir::sqlite::database_error& busy,
                        const std::filesystem::path& database);

}  // namespace weir_load
