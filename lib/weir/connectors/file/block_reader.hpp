/// \file
/// A file read by plain blocking calls.
#pragma once

#include <weir/runtime/input_file.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace weir::file {

/// How a file is read.
struct read_options {
    std::size_t block_size = std::size_t{64} << 10;  ///< how many bytes are read at a time
};

/// What `file::read` runs on the blocking executor. One thread at a time.
class block_reader {
public:
    /// Does not touch the disk yet. "-" is standard input.
    /// Errors: `std::invalid_argument` for a block size of 0.
    block_reader(std::filesystem::path path, const read_options& options);

    /// Opens the file. Errors: `std::system_error` with path and cause.
    void open();
    bool opened() const noexcept { return in_.is_open(); }
    /// True when a read may wait for somebody: a pipe, a socket, a terminal. Then it is not for
    /// `next` and the blocking executor, but for `wait_set` and `read_now`.
    bool may_wait() const noexcept { return in_.may_wait(); }
    /// The next block; empty at the end. Blocks for as long as the disk does, or the device.
    /// Errors: as `open`; for a directory too.
    std::string next();
    /// Makes a `next` that waits for a device end within 50 ms, with nothing. From any thread.
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }
    /// A new descriptor, of an epoll, that is readable when the file is. Others may share what the
    /// file's own descriptor refers to, and who waits for that one by Asio makes it non-blocking.
    int wait_set() const;
    /// Reads what is there. Nothing: it would have to wait. 0: the end. Errors: as `open`.
    std::optional<std::size_t> read_now(std::span<char> to) const;

    std::size_t block_size() const noexcept { return block_size_; }

private:
    std::filesystem::path path_;
    std::size_t block_size_;
    input_file in_;
    // Only says "give up"; nothing is published through it, so relaxed does.
    std::atomic<bool> stopped_{false};
};

}  // namespace weir::file
