#include <fcntl.h>
#include <shared/log.hpp>
#include <shared/whole_program.hpp>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace weir_apps {

namespace {

/// If a standard file is closed, the next file that is opened gets its number, and what is printed
/// goes into that file: a file of rejects, say. The replacement of standard input and output fails
/// as a closed file does; that of standard error takes everything.
void fill_standard_files() {
    for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(file, F_GETFD) != -1) continue;
        // The lowest number that is free is this one.
        const int taken = ::open("/dev/null", file == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
        if (taken > STDERR_FILENO) ::close(taken);
    }
}

}  // namespace

void begin_program(const std::string& name) {
    fill_standard_files();
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
