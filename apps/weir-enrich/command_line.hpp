/// What the program was asked to do.
#pragma once

#include <variant>

#include "demo.hpp"
#include "run.hpp"

namespace weir_enrich {

/// A command with its options; or the exit code, when help was printed or there is an error.
using command = std::variant<run_options, demo_options, exit_code>;

/// Parses the command line. Prints help on stdout and what is wrong on stderr.
command parse_command_line(int count, char** arguments);

}  // namespace weir_enrich
