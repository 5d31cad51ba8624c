/// A table that is there, and how columns are fitted to it.
#pragma once

#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <optional>
#include <string>
#include <vector>

#include "column_plan.hpp"
#include "table_load_options.hpp"
#include "type_inference.hpp"

namespace weir_load::table_load {

struct existing_column {
    std::string name;
    std::string declaration;
    bool needed = false;  ///< NOT NULL without a default
};

/// The columns of the table that can be filled. Nothing: there is no table of this name.
/// Throws std::runtime_error for a view or a virtual table.
std::optional<std::vector<existing_column>> find_table(weir::sqlite::database& db,
                                                       const options& o);

/// Gives each column of the plan its type: told, or that of its values.
void set_types(column_plan& plan, const std::vector<type_evidence>& evidence, const options& o);

/// Fits names and types to a table that rows are added to. Throws std::runtime_error for columns
/// that the table lacks, or needs, where no option allows it.
void fit_table(column_plan& plan, const std::vector<existing_column>& there, const options& o);

/// The table that the plan makes.
weir::sqlite::table describe(const column_plan& plan, const options& o);

/// `CREATE INDEX` for each --index.
std::vector<std::string> index_sql(const column_plan& plan, const options& o);

/// The clause behind INSERT that says what becomes of a row whose key is taken; empty: it is
/// rejected.
std::string conflict_clause(const column_plan& plan, const options& o);

}  // namespace weir_load::table_load
