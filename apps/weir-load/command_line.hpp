/// The command line.
#pragma once

#include <variant>

#include "create_file.hpp"
#include "run_pipeline.hpp"
#include "show.hpp"

namespace weir_load {

/// The requested command; or an exit code if there is nothing to do (help, or a wrong command line
/// that was already reported).
using command = std::variant<create_options, load_options, show_options, exit_code>;

command parse_command_line(int count, char** arguments);

}  // namespace weir_load
