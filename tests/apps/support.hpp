/// Runs weir-load, or another of the programs, as its users do: as a program, in a directory of its
/// own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir_load_test {

/// A directory that is gone afterwards.
class scratch {
public:
    scratch();
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
    /// The names of what is in it, in order.
    std::vector<std::string> names() const;

private:
    std::filesystem::path path_;
};

void write_file(const std::filesystem::path& path, std::string_view text);
std::string read_file(const std::filesystem::path& path);

/// A header and `rows` good records, of which record i (from 0) has the age 18 + i % 48.
std::string people_csv(std::uint64_t rows);

struct limits {
    /// Files cannot grow beyond this many bytes, as if the disk were full.
    std::optional<std::uint64_t> file_size = std::nullopt;
    /// Which program it is.
    std::string_view program = "weir-load";
    /// Where its stdout and stderr go; else they can be read by the test.
    const char* out = nullptr;
    const char* err = nullptr;
    /// Begins with both closed.
    bool closed = false;
};

/// weir-load, or another, running in a directory.
class program {
public:
    program(const std::filesystem::path& directory, const std::vector<std::string>& arguments,
            const limits& limited = {});
    program(const program&) = delete;
    program& operator=(const program&) = delete;
    /// Kills it if it still runs.
    ~program();

    /// The next line of its stdout or stderr, without its end; nothing when that is over.
    std::optional<std::string> out_line() { return out_->line(); }
    std::optional<std::string> err_line() { return err_->line(); }
    void signal(int number) const;
    pid_t id() const { return pid_; }
    /// Waits for its end: its exit code, or minus the signal that killed it.
    int wait();

private:
    class text_pipe {
    public:
        explicit text_pipe(int end) : end_(end) {}
        text_pipe(const text_pipe&) = delete;
        text_pipe& operator=(const text_pipe&) = delete;
        ~text_pipe();
        std::optional<std::string> line();

    private:
        int end_;
        std::string waiting_;
    };

    std::optional<text_pipe> out_;
    std::optional<text_pipe> err_;
    pid_t pid_ = -1;
};

/// The writing end of a named pipe that a program reads: what it has not been given, it waits for.
class feed {
public:
    explicit feed(const std::filesystem::path& path);
    feed(const feed&) = delete;
    feed& operator=(const feed&) = delete;
    ~feed();

    void write(std::string_view text) const;

private:
    int end_;
};

/// The number that follows `"name":` in a JSON object.
std::uint64_t json_number(const std::string& json, const std::string& name);

/// Waits until a load with `--progress json` says that it has so many rows.
void wait_for_rows(program& loading, std::uint64_t rows);

struct outcome {
    int code;
    std::string out;
    std::string err;
};

/// Runs it to its end.
outcome run(const std::filesystem::path& directory, const std::vector<std::string>& arguments,
            const limits& limited = {});

}  // namespace weir_load_test
