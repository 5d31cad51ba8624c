/// \file
/// A file, pipe, socket or terminal to read bytes from. Opening it never waits, and neither does
/// `read_now`.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace weir {

/// Reads what `fd` has now, whatever kind of file it is, and never waits: not even where the
/// descriptor is blocking because others share it, and not where another reader was faster.
/// \return how many bytes; 0 at the end; nothing where it would have to wait, or for an error.
///         Then errno says which (EAGAIN: it would have to wait).
/// Thread-safe as the descriptor is. For a regular file use `read` of the system: this function
/// takes a disk for something that it has to wait for.
std::optional<std::size_t> read_now(int fd, std::span<char> to) noexcept;

/// A file, pipe, socket or terminal that is open for reading.
///
/// Errors: `std::system_error` with the file's name and the cause.
/// Thread-safety: one thread at a time.
///
///     weir::input_file in;
///     in.open("-");
///     while (const std::size_t got = in.read(block, stopped)) use(std::span(block).first(got));
class input_file {
public:
    input_file() = default;
    input_file(input_file&& other) noexcept;
    input_file& operator=(input_file&& other) noexcept;
    ~input_file() { close(); }

    /// Opens `path` and looks at what it is. "-" is standard input: descriptor 0, read from where
    /// it stands. (A file of that name is "./-".) Returns at once: the writer of a FIFO is waited
    /// for by the reader.
    void open(const std::filesystem::path& path);
    bool is_open() const noexcept { return fd_ >= 0; }
    void close() noexcept;

    /// A pipe, a socket or a terminal: a reader has to wait for what is at its other end.
    bool may_wait() const noexcept { return kind_ == kind::waits; }
    /// How many bytes a regular file has from where it is read; nothing for anything else.
    std::optional<std::uint64_t> size() const noexcept { return size_; }

    /// What has become of a regular file since it was opened, because somebody writes to it: "it
    /// had 120 bytes and has 80", or "it was written to". Empty where nothing has, for anything
    /// else, and when it is closed. What is written within a few milliseconds of an earlier change
    /// is not told apart from that, as file systems keep the time no more exactly.
    std::string change() const;

    /// Reads up to `to.size()` bytes, and waits for the first of them. Blocks.
    /// \return how many; 0 at the end, and within 50 ms of when `stopped` became true.
    std::size_t read(std::span<char> to, const std::atomic<bool>& stopped);

    /// The descriptor. It need not be non-blocking: use `read_now`.
    int get() const noexcept { return fd_; }

    /// What messages call it: the path, or `standard input`.
    const std::string& name() const noexcept { return name_; }
    /// Throws: `cannot DOING NAME: ` and what `cause`, an errno, means.
    [[noreturn]] void fail(const char* doing, int cause) const;

private:
    enum class kind : std::uint8_t { regular, waits, other };

    bool wait_for_input(const std::atomic<bool>& stopped) const;

    std::string name_;
    std::optional<std::uint64_t> size_;
    struct stat opened_{};
    int fd_ = -1;
    kind kind_ = kind::regular;
};

}  // namespace weir
