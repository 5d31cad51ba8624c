/// The command line.
#pragma once

#include <variant>

#include "create_file.hpp"
#include "load/table_load_options.hpp"
#include "run_pipeline.hpp"
#include "show.hpp"

namespace weir_load {

/// What the program was asked to do; an exit code where there is nothing to do (help, or a wrong
/// command line, which has been said).
using command =
    std::variant<create_options, load_options, table_load::options, show_options, exit_code>;

command parse_command_line(int count, char** arguments);

}  // namespace weir_load
