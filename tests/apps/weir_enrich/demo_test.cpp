// The demo as it is seen on a terminal, which is a pseudo-terminal and a model of a screen.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "terminal_model.hpp"

using weir_enrich_test::terminal_model;

namespace {

/// Whether the system gives terminals. A bare container may have no /dev/pts.
bool has_terminals() {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) ::close(terminal);
    return terminal >= 0;
}

/// weir-enrich on a terminal of its own.
class on_terminal {
public:
    on_terminal(const char* term, std::vector<std::string> words, unsigned short columns,
                unsigned short rows) {
        master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        REQUIRE(master_ >= 0);
        REQUIRE(::grantpt(master_) == 0);
        REQUIRE(::unlockpt(master_) == 0);
        const winsize size{rows, columns, 0, 0};
        REQUIRE(::ioctl(master_, TIOCSWINSZ, &size) == 0);
        const std::string name = ::ptsname(master_);
        const char* const apps = std::getenv("WEIR_APPS");
        REQUIRE(apps);
        words.insert(words.begin(), std::string(apps) + "/weir-enrich/weir-enrich");
        std::vector<char*> arguments;
        for (std::string& w : words) arguments.push_back(w.data());
        arguments.push_back(nullptr);
        ::setenv("TERM", term, 1);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::setsid();
            const int slave = ::open(name.c_str(), O_RDWR);  // the terminal of this session now
            for (const int to : {0, 1, 2}) ::dup2(slave, to);
            ::close(slave);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        REQUIRE(pid_ > 0);
    }
    on_terminal(const on_terminal&) = delete;
    on_terminal& operator=(const on_terminal&) = delete;
    ~on_terminal() {
        if (pid_ > 0) ::kill(pid_, SIGKILL);
        if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
        ::close(master_);
    }

    /// Reads on, to the screen. False at the end.
    bool read(terminal_model& screen) {
        char piece[4096];
        const ssize_t got = ::read(master_, piece, sizeof piece);
        if (got < 0 && errno == EINTR) return true;
        if (got <= 0) return false;
        screen.write(std::string_view(piece, static_cast<std::size_t>(got)));
        return true;
    }
    void type(char c) { REQUIRE(::write(master_, &c, 1) == 1); }
    int wait() {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    int master_ = -1;
    pid_t pid_ = -1;
};

std::ptrdiff_t lines_with(const std::vector<std::string>& lines, std::string_view what) {
    return std::ranges::count_if(lines,
                                 [what](const std::string& l) { return l.find(what) != l.npos; });
}

}  // namespace

TEST_CASE("on a terminal the demo paints one view, and leaves it in order when it is interrupted" *
          doctest::skip(!has_terminals())) {
    terminal_model screen(80, 24);
    on_terminal demo("xterm", {"demo", "--rate", "1000"}, 80, 24);
    const auto seen = [&screen](std::string_view what) {
        return lines_with(screen.all_lines(), what) != 0;
    };
    while (!seen("Ctrl-C ends")) REQUIRE(demo.read(screen));
    CHECK(screen.line(0).starts_with("weir-enrich demo: 10,000 instruments"));
    demo.type('\x03');
    while (demo.read(screen)) {
    }
    CHECK(demo.wait() == 130);
    const auto lines = screen.all_lines();
    CHECK(lines.size() <= 24);
    CHECK(lines_with(lines, "trades/s") == 1);
    CHECK(lines_with(lines, "  movers ") == 1);
    CHECK(lines_with(lines, "Ctrl-C ends") == 0);
    CHECK(lines_with(lines, "weir-enrich: warning: interrupted") == 1);
    CHECK(lines.back().starts_with("received "));
    CHECK(lines_with(lines, "^C") == 0);
}

TEST_CASE("on a dumb terminal the demo prints lines, and no escape sequences" *
          doctest::skip(!has_terminals())) {
    terminal_model screen(200, 24);
    on_terminal demo("dumb", {"demo", "--seconds", "1", "--rate", "1000"}, 200, 24);
    while (demo.read(screen)) {
    }
    CHECK(demo.wait() == 0);
    CHECK(lines_with(screen.all_lines(), "received 1000 = emitted 1000") == 1);
    CHECK(lines_with(screen.all_lines(), "latency") == 0);
}
