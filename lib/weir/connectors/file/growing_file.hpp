/// \file
/// A file that others append to, read by plain blocking calls.
#pragma once

#include <weir/connectors/file/owned_fd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace weir::file {

/// What has become of a file that is followed.
enum class file_break : std::uint8_t {
    none,       ///< nothing: it has only grown
    truncated,  ///< it was cut off, and begins anew
    replaced    ///< another file has taken its place
};

/// Bytes of a file that is followed.
struct followed_block {
    std::string bytes;
    /// What happened before them: with all but `none` they are the first of what is there now, and
    /// what came before is no more.
    file_break before = file_break::none;
};

/// What `file::follow` runs on the blocking executor. One thread at a time.
class growing_file {
public:
    /// Opens it. Errors: `std::system_error` with path and cause; `std::invalid_argument` for a
    /// block size of 0.
    growing_file(std::filesystem::path path, std::size_t block_size);

    /// What comes next: neither bytes nor a break when there is no more at present. A file that was
    /// replaced is read to its end first. Errors: `std::system_error`.
    followed_block next();

private:
    std::string read();
    file_break look();
    bool reopen();
    [[noreturn]] void fail(const char* doing) const;

    std::filesystem::path path_;
    std::size_t block_size_;
    owned_fd file_;         // none: it was deleted
    std::uint64_t at_ = 0;  // what was read of it
};

}  // namespace weir::file
