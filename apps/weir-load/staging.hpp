/// What a load may replace, and what it says when it may not.
#pragma once

#include <weir/connectors/sqlite/staged_table.hpp>

#include <filesystem>
#include <string>

namespace weir_load {

/// Losses that the user accepts: `--allow`.
struct allowances {
    bool references = false;     ///< rows of other tables may refer to people that are gone
    bool other_shape = false;    ///< a table of other columns or rules may be replaced
    bool search_tables = false;  ///< search tables may be rebuilt, or left as they are
    bool empty = false;          ///< a table with rows may be replaced by an empty one
};

weir::sqlite::staging_options staging_options(const allowances& allowed);

/// The error, with the option that allows what it refuses.
std::string with_option(const weir::sqlite::not_replaceable& refused);

/// A database that another connection has locked: also says which load that is, if it is one.
std::string with_holder(const weir::sqlite::database_error& busy,
                        const std::filesystem::path& database);

}  // namespace weir_load
