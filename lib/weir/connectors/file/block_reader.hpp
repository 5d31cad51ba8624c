/// \file
/// Reads a file by plain blocking calls.
#pragma once

#include <weir/runtime/input_file.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace weir::file {

/// Options of reading a file.
struct read_options {
    std::size_t block_size = std::size_t{64} << 10;  ///< bytes to read at a time
};

/// Reads for `file::read`, on the blocking executor. One thread at a time.
class block_reader {
public:
    /// Does not access the disk yet. "-" is standard input.
    /// Errors: `std::invalid_argument` for a block size of 0.
    block_reader(std::filesystem::path path, const read_options& options);

    /// Opens the file. Errors: `std::system_error` with path and cause.
    void open();
    bool opened() const noexcept { return in_.is_open(); }
    /// True when a read may have to wait for input: a pipe, a socket, a terminal. Then use
    /// `wait_set` and `read_now` instead of `next` on the blocking executor.
    bool may_wait() const noexcept { return in_.may_wait(); }
    /// The next block; empty at the end. Blocks as long as the disk or the device does. Errors: as
    /// `open`; also for a directory.
    std::string next();
    /// Makes a `next` that waits for a device end within 50 ms, with nothing. Thread-safe.
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }
    /// A new epoll descriptor that is readable when the file is. The file's own descriptor is not
    /// used for waiting: Asio would make it non-blocking, also for other processes that share it.
    int wait_set() const;
    /// Reads the available input. Nothing: a read would wait. 0: the end. Errors: as `open`.
    std::optional<std::size_t> read_now(std::span<char> to) const;

    std::size_t block_size() const noexcept { return block_size_; }

private:
    std::filesystem::path path_;
    std::size_t block_size_;
    input_file in_;
    // It is only a request to stop. No data is published through it, so relaxed is enough.
    std::atomic<bool> stopped_{false};
};

}  // namespace weir::file
