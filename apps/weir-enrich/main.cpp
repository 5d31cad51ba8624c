/// weir-enrich: joins trades with instruments, accounts and exchange rates. See
/// docs/weir-enrich.md.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

#include "command_line.hpp"
#include "log.hpp"

namespace {

using namespace weir_enrich;

struct runner {
    exit_code operator()(const run_options& o) const { return run(o); }
    exit_code operator()(const demo_options& o) const { return demo(o); }
    exit_code operator()(exit_code done) const { return done; }
};

exit_code perform(const command& c) {
    try {
        return std::visit(runner{}, c);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
        return dynamic_cast<const usage_error*>(&error) ? exit_code::usage : exit_code::failure;
    }
}

}  // namespace

int main(int count, char** arguments) {
    // A closed pipe and a limit on file sizes are errors to be told, not reasons to die.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    set_up_log();
    exit_code code = perform(parse_command_line(count, arguments));
    if (std::fflush(stdout) != 0 && code == exit_code::success) {
        spdlog::error("cannot write the standard output");
        code = exit_code::failure;
    }
    return static_cast<int>(code);
}
