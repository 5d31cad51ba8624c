/// How a program begins and ends.
#pragma once

#include <shared/exit_code.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace weir_apps {

/// To be called first: sets up the log. A closed pipe and a limit on file sizes are errors to be
/// told from then on, not reasons to die. Memory that cannot be had ends the program at once, as an
/// error that is told. Where descriptor 0, 1 or 2 is closed it is taken, so that no file gets its
/// number: reading the one and writing the other fails, and nothing is lost with the standard
/// error.
void begin_program(const std::string& name);

/// Writes `text` as it stands to the standard error. That it cannot be written is no failure.
void print_error(std::string_view text) noexcept;

/// Tells of an error that ends the program, and what it ends with.
exit_code tell(const std::exception& error);

/// To be called last: what `main` returns. Losing what is on the standard output is a failure.
int end_program(exit_code code);

}  // namespace weir_apps
