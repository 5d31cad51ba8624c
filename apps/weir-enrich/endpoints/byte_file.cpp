#include "byte_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weir-enrich/endpoints/pending_calls.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir_enrich {

namespace {

constexpr mode_t anyone = 0666;  // less the umask

[[noreturn]] void fail_with(int cause, const char* doing, const std::string& name) {
    throw std::system_error(cause, std::generic_category(),
                            std::string("cannot ") + doing + ' ' + name);
}

}  // namespace

byte_reader::byte_reader(const endpoint& from) : name_(from.path) {
    if (from.kind == endpoint_kind::standard) {
        name_ = "the standard input";
        file_ = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    } else {
        const pending_call here("opening", name_);
        // `read` waits for a FIFO's writer, because `read` can be stopped.
        file_ = ::open(from.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (file_ < 0) fail("open");
}

byte_reader::~byte_reader() {
    ::close(file_);
}

bool byte_reader::wait() const {
    constexpr int milliseconds = 50;
    while (!stopped_.load(std::memory_order_relaxed)) {
        pollfd ready{file_, POLLIN, 0};
        const int n = ::poll(&ready, 1, milliseconds);
        if (n > 0) return true;
        if (n < 0 && errno != EINTR) fail("read");
    }
    return false;
}

std::string_view byte_reader::read(std::size_t most) {
    block_.resize(most);
    while (wait()) {
        const pending_call here("reading", name_);
        const ssize_t n = ::read(file_, block_.data(), most);
        if (n >= 0) return {block_.data(), static_cast<std::size_t>(n)};
        if (errno != EINTR && errno != EAGAIN) fail("read");
    }
    return {};
}

void byte_reader::fail(const char* doing) const {
    fail_with(errno, doing, name_);
}

byte_writer::byte_writer(const endpoint& to) : name_(to.path) {
    if (to.kind == endpoint_kind::standard) {
        name_ = "the standard output";
        is_standard_ = true;
        file_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    } else {
        // Waits until a pipe has a reader, and goes on waiting after a signal: the time limit of
        // the run's end ends the process and names the pipe.
        const pending_call here("opening", name_);
        do {
            file_ = ::open(to.path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, anyone);
        } while (file_ < 0 && errno == EINTR);
    }
    if (file_ < 0) fail("create");
}

byte_writer::byte_writer(byte_writer&& other) noexcept
    : name_(std::move(other.name_)),
      file_(std::exchange(other.file_, -1)),
      is_standard_(other.is_standard_),
      written_(other.written_) {}

byte_writer::~byte_writer() {
    if (file_ >= 0) ::close(file_);
}

void byte_writer::begin() {
    struct stat status{};
    if (::fstat(file_, &status) != 0) fail("write");
    // The standard output stays as it is: `>>` appends to it.
    const bool is_file = !is_standard_ && S_ISREG(status.st_mode);
    if (is_file && ::ftruncate(file_, 0) != 0) fail("empty");
}

void byte_writer::write(std::string_view bytes) {
    const pending_call here("writing", name_);
    while (!bytes.empty()) {
        const ssize_t n = ::write(file_, bytes.data(), bytes.size());
        if (n >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
            written_ += static_cast<std::uint64_t>(n);
        } else if (errno != EINTR) {
            fail("write");
        }
    }
}

void byte_writer::close() {
    const pending_call here("closing", name_);
    if (file_ >= 0 && ::close(std::exchange(file_, -1)) != 0) fail("write");
}

void byte_writer::fail(const char* doing) const {
    fail_with(errno, doing, name_);
}

}  // namespace weir_enrich
