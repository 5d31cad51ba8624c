/// The command line of `weir-load load`. Includes CLI11: for files that read a command line only.
#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "table_load_options.hpp"

namespace weir_load::table_load {

/// What is read from the command line, before it is known whether it makes sense together.
struct load_line;

/// Adds the options of `load` to the command. The result is filled when the line is parsed.
std::shared_ptr<load_line> define_load(CLI::App& command);

/// The options that were parsed. Throws usage_error for what makes no sense together.
options options_of(const load_line& line);

/// The whole command that loads `file`, completed from a half-typed one.
std::string load_command_for(const std::string& file);

}  // namespace weir_load::table_load
