#include <weir/connectors/sqlite/sql_words.hpp>
#include <weir/connectors/sqlite/table_lock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

namespace weir::sqlite {

namespace {

constexpr std::string_view mark = "weir: ";

/// The absolute path of the database's file, with symbolic links resolved, so all processes find
/// the same one; empty for a database without a file.
std::string file_of(const database& db) {
    const char* const file = sqlite3_db_filename(db.handle(), "main");
    return file ? file : "";
}

/// The path of a table's lock; empty for a database without a file.
std::string lock_path(const std::string& database, std::string_view table) {
    if (database.empty()) return {};
    std::string name;
    for (const char c : table) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
        name += plain ? lower : '_';
    }
    if (!same_name(name, table)) {
        std::string folded(table);
        std::ranges::transform(folded, folded.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        // FNV-1a, because it is the same in every program.
        std::uint64_t hash = 14695981039346656037U;
        for (const char c : folded) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
        name = name.substr(0, 40) + '-' + std::to_string(hash);
    }
    return database + "-loading-" + name.substr(0, 80);
}

std::string read_start(int file) {
    std::array<char, 300> text{};
    const ssize_t size = ::pread(file, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// The holder's description in the file, without characters that a terminal would not show.
std::string holder_in(int file) {
    std::string text = read_start(file);
    text = text.starts_with(mark) ? text.substr(mark.size()) : "another program";
    text.resize(std::min(text.find('\n'), text.size()));
    std::ranges::replace_if(text, [](char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

std::string self() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = 0;
    std::array<char, 32> time{};
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    if (::gmtime_r(&now, &parts)) std::strftime(time.data(), time.size(), "%F %T UTC", &parts);
    return std::string(mark) + "process " + std::to_string(::getpid()) + " (" +
           program_invocation_short_name + ") on " + host.data() + ", since " + time.data() + "\n";
}

/// Whether the path still leads to this open file: a holder removes its file when it ends.
bool is_at(int file, const std::string& path) {
    struct ::stat opened{};
    struct ::stat there{};
    return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &there) == 0 &&
           opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

int open_lock(const std::string& path, const database& db) {
    constexpr int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    // All users that may write the database may also lock it.
    struct ::stat of_database{};
    const mode_t mode =
        ::stat(file_of(db).c_str(), &of_database) == 0 ? of_database.st_mode & 0666 : 0600;
    int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | flags, mode);
    if (file >= 0) {
        // Grants more than the umask does. If it fails, other users are refused and nothing is
        // lost.
        static_cast<void>(::fchmod(file, mode));
        return file;
    }
    if (errno != EEXIST) return -1;
    file = ::open(path.c_str(), O_RDWR | flags);
    // The file of another user can be locked, even if it cannot be written.
    return file < 0 && errno == EACCES ? ::open(path.c_str(), O_RDONLY | flags) : file;
}

[[noreturn]] void refuse(const database& db, const std::string& operation,
                         const std::string& cause) {
    throw database_error(SQLITE_CANTOPEN, db.file(), operation, cause);
}

std::string system_text() {
    return std::generic_category().message(errno);
}

}  // namespace

table_lock::table_lock(database& db, std::string_view table)
    : path_(lock_path(file_of(db), table)) {
    if (path_.empty()) return;
    const std::string operation = "load " + quote_identifier(table);
    for (int attempt = 0; !try_lock(db, operation); ++attempt) {
        if (db.waits().pause(attempt)) continue;
        if (db.waits().take_refusal() == detail::lock_wait::refusal::cancelled) {
            throw database_error(SQLITE_INTERRUPT, db.file(), operation,
                                 "interrupted while waiting for another load");
        }
        const auto by = holder(file_of(db), table);
        throw database_error(
            SQLITE_BUSY, db.file(), operation,
            "another load of it is under way: " + by.value_or("it has just ended") + " (waited " +
                std::to_string(db.waits().limit().count()) + " ms)");
    }
}

bool table_lock::try_lock(database& db, const std::string& operation) {
    for (;;) {
        file_ = open_lock(path_, db);
        if (file_ < 0 && errno == ENOENT) continue;  // removed between the two attempts
        if (file_ < 0) refuse(db, operation, "cannot lock " + path_ + ": " + system_text());
        const bool locked = ::flock(file_, LOCK_EX | LOCK_NB) == 0;
        const int cause = errno;
        if (locked && is_at(file_, path_)) break;
        ::close(std::exchange(file_, -1));
        if (locked) continue;
        if (cause == EWOULDBLOCK) return false;
        errno = cause;
        if (cause != EINTR) refuse(db, operation, "cannot lock " + path_ + ": " + system_text());
    }
    if (const std::string text = read_start(file_); !text.empty() && !text.starts_with(mark)) {
        ::close(std::exchange(file_, -1));
        refuse(db, operation, path_ + " is in the way, and is no lock of weir");
    }
    // Only for messages: the lock is valid even if this cannot be written.
    const std::string text = self();
    const bool written =
        ::ftruncate(file_, 0) == 0 && ::pwrite(file_, text.data(), text.size(), 0) > 0;
    static_cast<void>(written);
    return true;
}

table_lock::~table_lock() {
    if (file_ < 0) return;
    // Before the unlock: a process that waits for the lock then sees that the path leads elsewhere,
    // and opens it again.
    if (is_at(file_, path_)) ::unlink(path_.c_str());
    ::close(file_);
}

std::optional<std::string> table_lock::holder(const std::filesystem::path& database,
                                              std::string_view table) {
    std::error_code error;
    const auto real = std::filesystem::canonical(database, error);
    if (error) return std::nullopt;
    const std::string path = lock_path(real.string(), table);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return std::nullopt;
    std::optional<std::string> found;
    // A shared lock, so that several processes can ask at once: only a holder is in the way.
    if (::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) found = holder_in(file);
    ::close(file);
    return found;
}

}  // namespace weir::sqlite
