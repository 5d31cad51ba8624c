/// weir-load: makes CSV files of people and loads them into SQLite. See docs/weir-load.md.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

#include "command_line.hpp"
#include "log.hpp"
#include "summary.hpp"

namespace {

using namespace weir_load;

struct runner {
    exit_code operator()(const create_options& o) const { return create_file(o); }
    exit_code operator()(const load_options& o) const { return run_pipeline(o); }
    exit_code operator()(const show_options& o) const { return show(o); }
    exit_code operator()(exit_code done) const { return done; }
};

bool wants_json(const command& c) {
    const auto* load = std::get_if<load_options>(&c);
    return load && load->progress == progress_mode::json;
}

exit_code run(const command& c) {
    try {
        return std::visit(runner{}, c);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
        if (wants_json(c)) fmt::print("{}\n", json_failure(error.what()));
        return dynamic_cast<const usage_error*>(&error) ? exit_code::usage : exit_code::failure;
    }
}

}  // namespace

int main(int count, char** arguments) {
    // A closed pipe and a limit on file sizes are errors to be told, not reasons to die.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    set_up_log();
    exit_code code = run(parse_command_line(count, arguments));
    if (std::fflush(stdout) != 0 && code == exit_code::success) {
        spdlog::error("cannot write the standard output");
        code = exit_code::failure;
    }
    return static_cast<int>(code);
}
