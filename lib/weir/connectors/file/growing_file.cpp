#include <weir/connectors/file/growing_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::file {

growing_file::growing_file(std::filesystem::path path, std::size_t block_size)
    : path_(std::move(path)), block_size_(block_size) {
    if (block_size_ == 0) {
        throw std::invalid_argument("weir::file::follow: block_size must be at least 1");
    }
    file_ = owned_fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_) fail("open");
}

followed_block growing_file::next() {
    followed_block b{read()};
    if (b.bytes.empty() && file_) b.before = look();
    if (!file_ && reopen()) b.before = file_break::replaced;
    if (b.before != file_break::none) {
        at_ = 0;
        b.bytes = read();
    }
    return b;
}

/// What has become of a file that was read to its end. Lets go of it when it is not there any more.
file_break growing_file::look() {
    struct stat here{};
    struct stat there{};
    if (::fstat(file_.get(), &here) != 0) fail("read");
    if (static_cast<std::uint64_t>(here.st_size) < at_) return file_break::truncated;
    const bool named = ::stat(path_.c_str(), &there) == 0;
    const bool other = named && (here.st_dev != there.st_dev || here.st_ino != there.st_ino);
    // One that was moved away may come back. To hold one that was deleted would keep its directory
    // from going, and from saying so.
    if (other || here.st_nlink == 0) file_ = owned_fd();
    return file_break::none;
}

/// False when there is no file yet.
bool growing_file::reopen() {
    file_ = owned_fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_ && errno != ENOENT) fail("open");
    return static_cast<bool>(file_);
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

}  // namespace weir::file
