/// Options on the command line. Includes CLI11: for files that read a command line only.
#pragma once

#include <CLI/CLI.hpp>
#include <shared/exit_code.hpp>
#include <shared/numbers.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace weir_apps {

/// An option that is a whole number. (CLI11's own would take 010 for 8 and 2^64 for 2^64 - 1.)
CLI::Option* add_number_of(CLI::App& command, const std::string& name,
                           std::function<void(std::uint64_t)> set, const std::string& description,
                           bounds allowed = {});

/// The same for a variable. A number that does not fit into it is refused.
template <class T>
CLI::Option* add_number(CLI::App& command, const std::string& name, T& to,
                        const std::string& description, bounds allowed = {}) {
    if constexpr (std::numeric_limits<T>::is_integer) {
        allowed.most = std::min<std::uint64_t>(allowed.most, std::numeric_limits<T>::max());
    }
    const auto set = [&to](std::uint64_t number) { to = static_cast<T>(number); };
    return add_number_of(command, name, set, description, allowed);
}

/// For CLI::Option::check: a file's name is not empty.
std::string check_name(const std::string& text);

/// Prints the error of a command line, or what it asked for (help, the version).
exit_code end_parsing(const CLI::App& app, const CLI::ParseError& error);

/// The first word, if it is neither an option nor a command. Empty if there is no such word.
std::string unknown_command(const CLI::App& app, int count, const char* const* arguments);

/// Prints that `word` is not a command, what the user may have meant (`help`, which may be empty),
/// and the commands. Returns the exit code.
exit_code refuse_command(const CLI::App& app, const std::string& word, const std::string& help);

/// `text` quoted for a shell.
std::string shell_word(const std::string& text);

}  // namespace weir_apps
