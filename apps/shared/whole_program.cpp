#include <fcntl.h>
#include <shared/log.hpp>
#include <shared/whole_program.hpp>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace weir_apps {

namespace {

std::string& last_words() {
    static std::string text;
    return text;
}

// If Abseil's hash tables get no memory while they grow, they are broken: going on, or unwinding,
// would free memory that was never allocated. So the program ends here.
[[noreturn]] void end_without_memory() {
    [[maybe_unused]] const auto told =
        ::write(STDERR_FILENO, last_words().data(), last_words().size());
    std::_Exit(static_cast<int>(exit_code::failure));
}

/// If a standard file is closed, the next file that is opened gets its number, and printed text
/// would go into that file, a file of rejects for example. The replacement of standard input and
/// output fails as a closed file does; that of standard error takes everything.
void fill_standard_files() {
    for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(file, F_GETFD) != -1) continue;
        // `open` returns the lowest free number, which is this one.
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
    last_words() = name + ": error: out of memory\n";
    std::set_new_handler(end_without_memory);
}

void print_error(std::string_view text) noexcept {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
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
