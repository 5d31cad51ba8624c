/// A file that is written as a whole or not at all.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace weir_load {

/// Writes to a file beside the target, whose name says that it is incomplete. `commit` gives it the
/// target's name. Until then the target keeps its contents; without `commit` nothing remains.
///
/// A target that is no regular file (a pipe, a device; `-` means the standard output) is written
/// directly.
///
/// A replaced file keeps its mode, and its owner if that is allowed. A new file may be read by all,
/// except where the umask or `most` forbids it.
///
/// Does not wait for the disk: after a power failure the file may be missing or short. Throws
/// std::system_error, whose text names the file and the cause.
class output_file {
public:
    explicit output_file(const std::filesystem::path& path, mode_t most = 0666);
    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;
    ~output_file();

    void write(std::string_view bytes);
    /// Ends the writing, and reports a late failure. `commit` calls it, too.
    void close();
    /// If it throws although `close` succeeded, the written file keeps its temporary name.
    void commit();

    /// The name in messages.
    const std::string& name() const noexcept { return name_; }

private:
    void open_part(mode_t most);
    [[noreturn]] void fail(const char* doing) const;

    std::string name_;
    std::filesystem::path path_;
    std::filesystem::path part_;  // empty: the target is written directly
    int file_ = -1;
};

}  // namespace weir_load
