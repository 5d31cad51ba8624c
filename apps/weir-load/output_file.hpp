/// A file that is written as a whole, or not at all.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace weir_load {

/// Writes beside the file, under a name that says that it is not done, and gives the file its name
/// in `commit`. Until then the file keeps what it held; without `commit` nothing remains.
///
/// What is no regular file (a pipe, a device; `-` means the standard output) is written to
/// directly.
///
/// A file that is replaced keeps its mode, and its owner where that is allowed. A new one may be
/// read by all, less the umask and what `most` leaves out.
///
/// Does not wait for the disk: after a loss of power the file may be missing or short.
/// Throws std::system_error, whose text names the file and the cause.
class output_file {
public:
    explicit output_file(const std::filesystem::path& path, mode_t most = 0666);
    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;
    ~output_file();

    void write(std::string_view bytes);
    /// Ends the writing, and tells of a failure that only shows now. `commit` does it, too.
    void close();
    /// If it throws after `close` has not, what was written stays under its first name.
    void commit();

    /// What to call it in messages.
    const std::string& name() const noexcept { return name_; }

private:
    void open_part(mode_t most);
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    std::filesystem::path path_;
    std::filesystem::path part_;  // empty: written to directly
    int file_ = -1;
};

}  // namespace weir_load
