#include "support.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>

namespace weir_load_test {

namespace {

namespace fs = std::filesystem;

std::string path_of(std::string_view name) {
    const char* apps = std::getenv("WEIR_APPS");
    if (!apps) throw std::runtime_error("WEIR_APPS must name the directory of the built programs");
    const std::string program(name);
    return std::string(apps) + '/' + program + '/' + program;
}

/// Both ends of a new pipe, which children do not inherit.
struct pipe_ends {
    int read;
    int write;
};

pipe_ends make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return {ends[0], ends[1]};
}

/// What happens between fork and exec.
[[noreturn]] void become(const std::vector<char*>& arguments, const fs::path& directory,
                         const limits& limited, int out, int err) {
    if (limited.out) out = ::open(limited.out, O_WRONLY | O_CLOEXEC);
    if (limited.err) err = ::open(limited.err, O_WRONLY | O_CLOEXEC);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (limited.closed) {
        ::close(STDOUT_FILENO);
        ::close(STDERR_FILENO);
    }
    if (limited.file_size) {
        const rlimit size{*limited.file_size, *limited.file_size};
        ::setrlimit(RLIMIT_FSIZE, &size);
    }
    if (::chdir(directory.c_str()) == 0) ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

}  // namespace

scratch::scratch() {
    std::string name = (fs::temp_directory_path() / "weir-load-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    path_ = name;
}

scratch::~scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::vector<std::string> scratch::names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(path_)) {
        found.push_back(entry.path().filename().string());
    }
    std::ranges::sort(found);
    return found;
}

void write_file(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::string people_csv(std::uint64_t rows) {
    std::string text = "first_name,last_name,age\n";
    for (std::uint64_t i = 0; i < rows; ++i) {
        text += "Tom,Connor," + std::to_string(18 + i % 48) + '\n';
    }
    return text;
}

program::text_pipe::~text_pipe() {
    ::close(end_);
}

std::optional<std::string> program::text_pipe::line() {
    for (;;) {
        if (const auto end = waiting_.find('\n'); end != waiting_.npos) {
            std::string found = waiting_.substr(0, end);
            waiting_.erase(0, end + 1);
            return found;
        }
        char piece[4096];
        const ssize_t got = ::read(end_, piece, sizeof piece);
        if (got > 0) {
            waiting_.append(piece, static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            return std::nullopt;
        }
    }
}

program::program(const fs::path& directory, const std::vector<std::string>& arguments,
                 const limits& limited) {
    const pipe_ends out = make_pipe();
    const pipe_ends err = make_pipe();
    out_.emplace(out.read);
    err_.emplace(err.read);
    std::vector<std::string> words = {path_of(limited.program)};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) become(pointers, directory, limited, out.write, err.write);
    ::close(out.write);
    ::close(err.write);
    if (pid_ < 0) throw std::runtime_error("cannot fork");
}

program::~program() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
}

void program::signal(int number) const {
    REQUIRE(::kill(pid_, number) == 0);
}

int program::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

feed::feed(const fs::path& path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    // For reading too: so it opens at once, and does not end while this lives.
    end_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(end_ >= 0);
}

feed::~feed() {
    ::close(end_);
}

void feed::write(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t written = ::write(end_, text.data(), text.size());
        REQUIRE(written > 0);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::uint64_t json_number(const std::string& json, const std::string& name) {
    const auto at = json.find('"' + name + "\":");
    REQUIRE(at != json.npos);
    return std::stoull(json.substr(at + name.size() + 3));
}

void wait_for_rows(program& loading, std::uint64_t rows) {
    for (;;) {
        const auto line = loading.out_line();
        REQUIRE(line);
        REQUIRE(line->find("\"event\":\"progress\"") != line->npos);
        if (json_number(*line, "rows") >= rows) return;
    }
}

outcome run(const fs::path& directory, const std::vector<std::string>& arguments,
            const limits& limited) {
    program running(directory, arguments, limited);
    // Both at once, or it could wait for room in the one while the other is read.
    auto err = std::async(std::launch::async, [&] {
        std::string text;
        while (const auto line = running.err_line()) text += *line + '\n';
        return text;
    });
    std::string out;
    while (const auto line = running.out_line()) out += *line + '\n';
    return {running.wait(), out, err.get()};
}

}  // namespace weir_load_test
