#include <weir/runtime/input_file.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir {

namespace {

/// Never waits for the writer of a FIFO, nor for the line of a terminal.
int open_now(const char* path) noexcept {
    int fd;
    do {
        fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

bool same_file(const struct stat& a, const struct stat& b) noexcept {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_rdev == b.st_rdev;
}

bool waits(int fd, mode_t mode) noexcept {
    return S_ISFIFO(mode) || S_ISSOCK(mode) || (S_ISCHR(mode) && ::isatty(fd) == 1);
}

/// Standard input. A pipe or a terminal is opened anew where that gives the same one: its
/// description is then ours alone, and is made non-blocking without those noticing that share
/// descriptor 0 (the shell, and the standard output of a terminal). All else is read through
/// descriptor 0: sockets cannot be opened anew, and a file would start at its begin.
int standard_input() noexcept {
    struct stat own{};
    if (::fstat(STDIN_FILENO, &own) != 0) return -1;
    if (waits(STDIN_FILENO, own.st_mode) && !S_ISSOCK(own.st_mode)) {
        const int fd = open_now("/dev/stdin");
        struct stat anew{};
        if (fd >= 0 && ::fstat(fd, &anew) == 0 && same_file(own, anew)) return fd;
        if (fd >= 0) ::close(fd);
    }
    return ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
}

}  // namespace

std::optional<std::size_t> read_now(int fd, std::span<char> to) noexcept {
    iovec part{to.data(), to.size()};
    ssize_t got;
#if defined(RWF_NOWAIT)
    do {
        got = ::preadv2(fd, &part, 1, -1, RWF_NOWAIT);
    } while (got < 0 && errno == EINTR);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL && errno != ESPIPE) {
        return std::nullopt;
    }
#endif
    // A kind of file, or a system, that cannot be asked so. (Between the two calls another reader
    // of a description that is shared and blocking may take what there is. It cannot be avoided.)
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return std::nullopt;
    }
    do {
        got = ::readv(fd, &part, 1);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return std::nullopt;
    return static_cast<std::size_t>(got);
}

input_file::input_file(input_file&& other) noexcept
    : name_(std::move(other.name_)),
      size_(other.size_),
      opened_(other.opened_),
      fd_(std::exchange(other.fd_, -1)),
      kind_(other.kind_) {}

input_file& input_file::operator=(input_file&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(size_, other.size_);
    std::swap(opened_, other.opened_);
    std::swap(fd_, other.fd_);
    std::swap(kind_, other.kind_);
    return *this;
}

void input_file::open(const std::filesystem::path& path) {
    close();
    const bool standard = path == "-";
    name_ = standard ? "standard input" : path.string();
    fd_ = standard ? standard_input() : open_now(path.c_str());
    struct stat status{};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) fail("open", errno);
    kind_ = waits(fd_, status.st_mode)                           ? kind::waits
            : S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) ? kind::regular
                                                                 : kind::other;
    opened_ = status;
    size_.reset();
    if (S_ISREG(status.st_mode)) {
        const off_t at = ::lseek(fd_, 0, SEEK_CUR);
        size_ = static_cast<std::uint64_t>(at < status.st_size ? status.st_size - at : 0);
    }
#if defined(POSIX_FADV_SEQUENTIAL)
    // Advice only: where it does not apply (a pipe) nothing is lost.
    static_cast<void>(::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL));
#endif
}

void input_file::close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string input_file::change() const {
    struct stat now{};
    if (fd_ < 0 || !S_ISREG(opened_.st_mode) || ::fstat(fd_, &now) != 0) return {};
    if (now.st_size != opened_.st_size) {
        return "it had " + std::to_string(opened_.st_size) + " bytes and has " +
               std::to_string(now.st_size);
    }
    const bool same_time = now.st_mtim.tv_sec == opened_.st_mtim.tv_sec &&
                           now.st_mtim.tv_nsec == opened_.st_mtim.tv_nsec;
    return same_time ? "" : "it was written to";
}

std::size_t input_file::read(std::span<char> to, const std::atomic<bool>& stopped) {
    while (!stopped.load(std::memory_order_relaxed)) {
        if (kind_ == kind::regular) {
            const ssize_t got = ::read(fd_, to.data(), to.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR) fail("read", errno);
            continue;
        }
        // Waited for before it is read: a FIFO that no writer has opened yet looks as if it had
        // ended.
        if (!wait_for_input(stopped)) break;
        if (const auto got = read_now(fd_, to)) return *got;
        if (errno != EAGAIN) fail("read", errno);
    }
    return 0;
}

/// False when it was stopped first.
bool input_file::wait_for_input(const std::atomic<bool>& stopped) const {
    constexpr int look_for_stop = 50;  // milliseconds
    pollfd input{fd_, POLLIN, 0};
    while (!stopped.load(std::memory_order_relaxed)) {
        const int ready = ::poll(&input, 1, look_for_stop);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) fail("read", errno);
    }
    return false;
}

void input_file::fail(const char* doing, int cause) const {
    throw std::system_error(cause, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + name_);
}

}  // namespace weir
