/// `weir-load load`: CSV files into a table.
#pragma once

#include <shared/exit_code.hpp>

#include "table_load_options.hpp"

namespace weir_load::table_load {

/// Loads the files. Throws for what ends the load (sqlite::database_error, csv::file_error,
/// std::system_error, usage_error, std::runtime_error, each with a text that names the place and
/// the cause): a table that is created, replaced or truncated is then as it was before; of one that
/// rows are added to, the text says how many of them are in it. What fails when the rows are in the
/// table is not thrown but told: `exit_code::after_failed`.
///
/// Where resuming will find its place: every batch of rows knows the stretch of its input that it
/// was made of (`raw_batch::records.covers()`, `origin`), rows are handed to the database in the
/// order of the inputs, and `on_commit` of the writer runs in the transaction of the rows.
weir_apps::exit_code load_tables(options o);

}  // namespace weir_load::table_load
