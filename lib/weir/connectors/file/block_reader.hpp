/// \file
/// A file read by plain blocking calls.
#pragma once

#include <weir/connectors/file/owned_fd.hpp>

#include <cstddef>
#include <filesystem>
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
    bool opened() const noexcept { return static_cast<bool>(file_); }
    /// True when a read may wait for somebody: a pipe, a socket, a terminal. Then it is not for
    /// `next` and the blocking executor, but for `take`.
    bool may_wait() const noexcept { return may_wait_; }
    /// The next block; empty at the end. Blocks for as long as the disk does.
    /// Errors: as `open`; for a directory too.
    std::string next();
    /// Gives away the descriptor, of a description that nobody shares where that can be had.
    int take() noexcept { return file_.release(); }

    std::size_t block_size() const noexcept { return block_size_; }
    /// Throws what `cause` (an errno) says of the file.
    [[noreturn]] void fail(const char* doing, int cause) const;

private:
    bool is_standard_input() const { return path_ == "-"; }

    std::filesystem::path path_;
    std::size_t block_size_;
    owned_fd file_;
    bool may_wait_ = false;
};

}  // namespace weir::file
