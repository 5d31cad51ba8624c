#include <weir/connectors/file/detail/growing_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::file::detail {

namespace {

/// The kind of an object that is no file. Null for a file, and for a directory, which fails
/// with a clear error.
const char* other_kind(mode_t mode) {
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
    return nullptr;
}

}  // namespace

growing_file::growing_file(std::filesystem::path path, std::size_t block_size,
                           std::shared_ptr<inode_watch> watch)
    : path_(std::move(path)), block_size_(block_size), watch_(std::move(watch)) {
    if (block_size_ == 0) {
        throw std::invalid_argument("weir::file::follow: block_size must be at least 1");
    }
    if (!open()) fail("open");
}

growing_file::growth growing_file::next(bool let_go) {
    growth found;
    found.block.bytes = read();
    if (found.block.bytes.empty() && file_) look(found, let_go);
    if (!file_) {
        if (open()) found.block.before = file_break::replaced;
        if (!file_) check_directory();
    }
    if (found.block.before != file_break::none) {
        at_ = 0;
        found.block.bytes = read();
    }
    return found;
}

/// Checks what happened to a file that was read to its end. Closes the file if it is no longer at
/// the path.
void growing_file::look(growth& found, bool let_go) {
    struct stat here{};
    struct stat there{};
    if (::fstat(file_.get(), &here) != 0) fail("read");
    if (static_cast<std::uint64_t>(here.st_size) < at_) {
        found.block.before = file_break::truncated;
        return;
    }
    const bool named = ::stat(path_.c_str(), &there) == 0;
    const bool other = named && (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
    // A file that was moved away may come back. A deleted file is closed, because an open one would
    // keep its directory from being removed, and the removal from being reported.
    found.has_successor = other && here.st_nlink != 0 && !let_go;
    if ((other || here.st_nlink == 0) && !found.has_successor) file_ = owned_fd();
}

/// Returns false when there is no file yet.
bool growing_file::open() {
    check_kind();  // before opening: a pipe's writer would take us for its reader
    // Does not block if a pipe has appeared in the meantime.
    file_ = owned_fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file_ && errno != ENOENT) fail("open");
    if (!file_) return false;
    check_kind();
    watch_->set(file_.get());
    return true;
}

void growing_file::check_kind() const {
    struct stat status{};
    const int failed = file_ ? ::fstat(file_.get(), &status) : ::stat(path_.c_str(), &status);
    if (failed != 0) return;  // the open reports the error
    if (const char* const kind = other_kind(status.st_mode)) {
        throw std::system_error(ENOTSUP, std::generic_category(),
                                "cannot follow " + path_.string() + ", which is " + kind);
    }
}

/// Throws when no file can appear any more.
void growing_file::check_directory() const {
    const auto directory =
        path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
    struct stat status{};
    if (::stat(directory.c_str(), &status) == 0) return;
    throw std::system_error(errno, std::generic_category(),
                            "cannot follow " + path_.string() + ": its directory is gone");
}

std::string growing_file::read() {
    if (!file_) return {};
    std::string block(block_size_, '\0');
    ssize_t got;
    do {
        got = ::pread(file_.get(), block.data(), block.size(), static_cast<off_t>(at_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) fail("read");
    at_ += static_cast<std::uint64_t>(got);
    block.resize(static_cast<std::size_t>(got));
    return block;
}

void growing_file::fail(const char* doing) const {
    throw std::system_error(errno, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + path_.string());
}

}  // namespace weir::file::detail
