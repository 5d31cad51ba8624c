/// `--dry-run`: what a load would do.
#pragma once

#include <string>

#include "existing_table.hpp"
#include "load_inputs.hpp"

namespace weir_load::table_load {

/// The dialect, the columns with their types and why, the SQL, the first rows, the plan. Nothing
/// in it moves a terminal's cursor.
std::string dry_run_text(load_inputs& inputs, const column_plan& plan, const input_survey& survey,
                         const std::vector<existing_column>* there, const options& o);

}  // namespace weir_load::table_load
