/// The beginning and the end of a program.
#pragma once

#include <shared/exit_code.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace weir_apps {

/// Call it first. It sets up the log. After it, a closed pipe and a limit on file sizes are
/// reported as errors and do not kill the program. A failed allocation prints an error and ends the
/// program at once. If descriptor 0, 1 or 2 is closed, it is opened, so that no other file gets its
/// number: reads of 0 and writes to 1 fail, and writes to 2 are ignored.
void begin_program(const std::string& name);

/// Writes `text` unchanged to the standard error. Ignores errors.
void print_error(std::string_view text) noexcept;

/// Prints the error that ends the program, and returns the exit code.
exit_code tell(const std::exception& error);

/// Call it last: `main` returns its result. A failure to write the standard output is an error.
int end_program(exit_code code);

}  // namespace weir_apps
