#include <weir/connectors/file/block_reader.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::file {

namespace {

int open_fd(const char* path) {
    int fd;
    do {
        // Not to hang where a pipe has no writer yet; it is waited for like its first bytes.
        fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

bool waits(int fd, mode_t mode) {
    return S_ISFIFO(mode) || S_ISSOCK(mode) || (S_ISCHR(mode) && ::isatty(fd) == 1);
}

}  // namespace

block_reader::block_reader(std::filesystem::path path, const read_options& options)
    : path_(std::move(path)), block_size_(options.block_size) {
    if (block_size_ == 0) {
        throw std::invalid_argument("weir::file::read: block_size must be at least 1");
    }
}

void block_reader::open() {
    struct stat status{};
    if (is_standard_input()) {
        if (::fstat(STDIN_FILENO, &status) != 0) fail("read", errno);
        // Anew, where that is the same: to make standard input as it stands non-blocking would do
        // so for all that share it, such as the shell, and the standard output of a terminal. A
        // file opened anew would start at its begin.
        if (waits(STDIN_FILENO, status.st_mode)) file_ = owned_fd(open_fd("/dev/stdin"));
        if (!file_) file_ = owned_fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    } else {
        file_ = owned_fd(open_fd(path_.c_str()));
    }
    if (!file_ || ::fstat(file_.get(), &status) != 0) fail("open", errno);
    may_wait_ = waits(file_.get(), status.st_mode);
#if defined(POSIX_FADV_SEQUENTIAL)
    // Advice only: where it does not apply (a pipe) nothing is lost.
    static_cast<void>(::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
#endif
}

std::string block_reader::next() {
    std::string block(block_size_, '\0');
    ssize_t got;
    do {
        got = ::read(file_.get(), block.data(), block.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) fail("read", errno);
    block.resize(static_cast<std::size_t>(got));
    return block;
}

void block_reader::fail(const char* doing, int cause) const {
    const std::string name = is_standard_input() ? "standard input" : path_.string();
    throw std::system_error(cause, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + name);
}

}  // namespace weir::file
