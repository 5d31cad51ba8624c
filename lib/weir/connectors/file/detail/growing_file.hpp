/// \file
/// Reads a file to which other programs append, by plain blocking calls.
#pragma once

#include <weir/connectors/file/detail/name_watch.hpp>
#include <weir/connectors/file/detail/owned_fd.hpp>
#include <weir/connectors/file/followed_block.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace weir::file::detail {

/// Reads for `file::follow`, on the blocking executor. One thread at a time.
class growing_file {
public:
    /// Opens the file; `watch` then watches the open file. Errors: `std::system_error` with path
    /// and cause, also for an object that is no file (a pipe, a device); `std::invalid_argument`
    /// for a block size of 0.
    growing_file(std::filesystem::path path, std::size_t block_size,
                 std::shared_ptr<inode_watch> watch);

    /// The result of one read.
    struct growth {
        followed_block block;  ///< without bytes and break: there is no more at present
        /// The file was moved away and read to its end, and another file is at the path. Its writer
        /// may still append to it.
        bool has_successor = false;
    };
    /// The next block. A file that was replaced is read to its end first. A file that was moved
    /// away is read on until `let_go` says that it will not grow any more. Errors:
    /// `std::system_error`, also when the directory was removed.
    growth next(bool let_go);

private:
    std::string read();
    void look(growth& found, bool let_go);
    bool open();
    void check_kind() const;
    void check_directory() const;
    [[noreturn]] void fail(const char* doing) const;

    std::filesystem::path path_;
    std::size_t block_size_;
    std::shared_ptr<inode_watch> watch_;
    owned_fd file_;         // none: the file was deleted
    std::uint64_t at_ = 0;  // bytes read so far
};

}  // namespace weir::file::detail
