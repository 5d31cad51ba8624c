/// The end of a program that cannot wait for its threads.
#pragma once

#include <shared/exit_code.hpp>

#include <string_view>

namespace weir_apps {

/// True when standard error takes a line now: it is no pipe that is full, and no stopped terminal.
bool can_tell() noexcept;

/// Writes `lines` to standard error and ends the process at once: no destructor runs, no thread is
/// waited for. This is for a program whose threads are inside system calls that do not return (a
/// write to a pipe that is not read): nothing can end such a thread but the end of the process.
/// What standard error does not take without waiting is left out.
[[noreturn]] void leave_process(exit_code code, std::string_view lines) noexcept;

}  // namespace weir_apps
