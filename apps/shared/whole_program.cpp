#include <shared/log.hpp>
#include <shared/whole_program.hpp>

#include <csignal>
#include <cstdio>

namespace weir_apps {

void begin_program(const std::string& name) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    set_up_log(name);
}

exit_code tell(const std::exception& error) {
    spdlog::error("{}", error.what());
    return dynamic_cast<const usage_error*>(&error) ? exit_code::usage : exit_code::failure;
}

int end_program(exit_code code) {
    if (std::fflush(stdout) != 0 && code == exit_code::success) {
        spdlog::error("cannot write the standard output");
        code = exit_code::failure;
    }
    return static_cast<int>(code);
}

}  // namespace weir_apps
