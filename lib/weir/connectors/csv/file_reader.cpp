#include <weir/connectors/csv/file_reader.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir::csv {
namespace {

parser make_parser(const read_options& o) {
    constexpr std::size_t largest = std::size_t{1} << 30;
    if (o.block_size == 0 || o.block_size > largest) {
        throw std::invalid_argument{"csv: block_size must be 1 byte to 1 GiB"};
    }
    if (o.resume) return parser{o.dialect, o.resume->where, o.resume->columns};
    return parser{o.dialect};
}

}  // namespace

file_reader::file_reader(std::filesystem::path path, const read_options& options)
    : path_{std::move(path)},
      block_size_{options.block_size},
      records_expected_{!options.allow_no_records && !options.resume},
      parser_{make_parser(options)} {
    if (options.resume) start_ = options.resume->where;
}

file_reader::~file_reader() {
    close();
}

std::optional<batch> file_reader::next() {
    try {
        if (auto b = next_or_throw()) return b;
    } catch (const header_error& e) {
        stop();
        close();
        if (empty_) throw file_error{path_, "the file is empty"};
        throw file_error{path_, e.what()};
    } catch (...) {
        stop();
        close();
        throw;
    }
    close();
    return std::nullopt;
}

std::optional<batch> file_reader::next_or_throw() {
    if (!opened_ && !stopped_) open();
    while (!stopped_.load(std::memory_order_relaxed)) {
        if (auto b = parser_.next()) {
            records_expected_ = false;
            return b;
        }
        if (at_end_) {
            if (!records_expected_) break;
            throw file_error{path_, empty_ ? "the file is empty" : "the file has no records"};
        }
        read_block();
    }
    return std::nullopt;
}

void file_reader::open() {
    opened_ = true;
    do {
        // Not to hang where a pipe has no writer yet; it is waited for like its first bytes.
        file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (file_ < 0 && errno == EINTR);
    if (file_ < 0) fail("open");
    struct stat status{};
    if (::fstat(file_, &status) != 0) fail("open");
    may_wait_ = !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
    if (start_ && ::lseek(file_, static_cast<off_t>(start_->offset), SEEK_SET) < 0) fail("seek in");
#if defined(POSIX_FADV_SEQUENTIAL)
    // Advice only: where it does not apply (a pipe) nothing is lost.
    static_cast<void>(::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL));
#endif
}

void file_reader::close() noexcept {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
}

void file_reader::read_block() {
    const auto space = parser_.prepare(block_size_);
    ssize_t got;
    do {
        if (may_wait_ && !wait_for_input()) return;
        got = ::read(file_, space.data(), space.size());
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got < 0) fail("read");
    if (got == 0) {
        at_end_ = true;
        parser_.finish();
        return;
    }
    empty_ = false;
    parser_.commit(static_cast<std::size_t>(got));
}

/// Waits for the other end of a pipe, a terminal or the like. False when `stop` came first.
bool file_reader::wait_for_input() {
    constexpr int look_for_stop = 50;  // milliseconds
    pollfd input{file_, POLLIN, 0};
    while (!stopped_.load(std::memory_order_relaxed)) {
        const int ready = ::poll(&input, 1, look_for_stop);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) fail("read");
    }
    return false;
}

void file_reader::fail(const char* doing) const {
    const int cause = errno;
    throw std::system_error{cause, std::generic_category(),
                            std::string{"cannot "} + doing + ' ' + path_.string()};
}

}  // namespace weir::csv
