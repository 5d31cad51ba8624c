/// The end of a program that cannot wait for its threads.
#pragma once

#include <shared/exit_code.hpp>

#include <string_view>

namespace weir_apps {

/// True if standard error takes a line without waiting: it is not a full pipe or a stopped
/// terminal.
bool can_tell() noexcept;

/// Writes `lines` to standard error and ends the process at once, without destructors and without
/// waiting for threads. Use it if threads are inside system calls that do not return, such as a
/// write to a pipe that is not read: only the end of the process ends such a thread. Bytes that
/// standard error does not take without waiting are left out.
[[noreturn]] void leave_process(exit_code code, std::string_view lines) noexcept;

}  // namespace weir_apps
