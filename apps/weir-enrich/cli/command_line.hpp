/// Parsing of the command line.
#pragma once

#include <weir-enrich/cli/demo.hpp>
#include <weir-enrich/cli/run.hpp>

#include <variant>

namespace weir_enrich {

/// A command with its options, or the exit code if help was printed or there is an error.
using command = std::variant<run_options, demo_options, exit_code>;

/// Parses the command line. Prints help on stdout and errors on stderr.
command parse_command_line(int count, char** arguments);

}  // namespace weir_enrich
