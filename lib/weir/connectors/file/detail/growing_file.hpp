/// \file
/// A file that others append to, read by plain blocking calls.
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

/// What `file::follow` runs on the blocking executor. One thread at a time.
class growing_file {
public:
    /// Opens it, and has `watch` look at what is open. Errors: `std::system_error` with path and
    /// cause, also for what is no file (a pipe, a device); `std::invalid_argument` for a block size
    /// of 0.
    growing_file(std::filesystem::path path, std::size_t block_size,
                 std::shared_ptr<inode_watch> watch);

    /// What was found.
    struct growth {
        followed_block block;  ///< neither bytes nor a break: there is no more at present
        /// The file was moved away and read to its end, and another is there; its writer may still
        /// append to it.
        bool has_successor = false;
    };
    /// What comes next. A file that was replaced is read to its end first; one that was moved away
    /// is read on, until `let_go` says that it will not grow any more.
    /// Errors: `std::system_error`, also when the directory is gone.
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
    owned_fd file_;         // none: it was deleted
    std::uint64_t at_ = 0;  // what was read of it
};

}  // namespace weir::file::detail
