#include <fmt/format.h>
#include <shared/options.hpp>
#include <shared/printable.hpp>
#include <shared/whole_program.hpp>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <sstream>
#include <utility>

namespace weir_apps {

CLI::Option* add_number_of(CLI::App& command, const std::string& name,
                           std::function<void(std::uint64_t)> set, const std::string& description,
                           bounds allowed) {
    const auto parse = [set = std::move(set)](const std::string& text) {
        set(parse_whole(text).value_or(0));  // the option was checked before
    };
    const auto check = [allowed](const std::string& text) { return check_number(text, allowed); };
    return command.add_option_function<std::string>(name, parse, description)
        ->check(check)
        ->type_name("N");
}

std::string check_name(const std::string& text) {
    return text.empty() ? "names no file" : "";
}

exit_code end_parsing(const CLI::App& app, const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    std::fputs(out.str().c_str(), stdout);
    std::istringstream lines(err.str());
    for (std::string line; std::getline(lines, line);) print_error(printable(line) + '\n');
    return code == 0 ? exit_code::success : exit_code::usage;
}

std::string unknown_command(const CLI::App& app, int count, const char* const* arguments) {
    if (count < 2) return {};
    const std::string word = arguments[1];
    if (word.starts_with('-')) return {};
    const auto named = [&word](const CLI::App* command) { return command->get_name() == word; };
    return std::ranges::any_of(app.get_subcommands({}), named) ? std::string() : word;
}

exit_code refuse_command(const CLI::App& app, const std::string& word, const std::string& help) {
    std::string commands;
    for (const CLI::App* command : app.get_subcommands({})) {
        commands += (commands.empty() ? "" : ", ") + command->get_name();
    }
    spdlog::error("'{}' is no command{}{}", word, help.empty() ? "" : "; ", help);
    spdlog::info("the commands are {}; {} --help explains them", commands, app.get_name());
    return exit_code::usage;
}

std::string shell_word(const std::string& text) {
    constexpr const char* safe =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./,:+@%-";
    if (!text.empty() && text.find_first_not_of(safe) == text.npos) return text;
    std::string word = "'";
    for (const char c : text) {
        if (c == '\'') {
            word += "'\\''";
        } else {
            word += c;
        }
    }
    return word += '\'';
}

}  // namespace weir_apps
