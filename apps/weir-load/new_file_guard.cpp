#include "new_file_guard.hpp"

#include <weir/connectors/sqlite/database.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <utility>

#include "links.hpp"

namespace weir_load {

namespace {

namespace sqlite = weir::sqlite;

/// The number of transactions that have changed the file: bytes 24 to 27 of a SQLite database.
using change_counter = std::array<char, 4>;

change_counter read_counter(int file) {
    change_counter counter{};
    if (::pread(file, counter.data(), counter.size(), 24) < 0) counter = {};
    return counter;
}

}  // namespace

new_file_guard::new_file_guard(const std::filesystem::path& database, std::string staged)
    : database_(behind_links(database)), staged_(std::move(staged)) {
    constexpr mode_t as_sqlite_does = 0644;
    file_ = ::open(database_.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, as_sqlite_does);
}

new_file_guard::~new_file_guard() {
    if (file_ < 0) return;
    try {
        if (!keep_ && is_ours()) ::unlink(database_.c_str());
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the file stays
    }
    ::close(file_);
}

bool new_file_guard::is_ours() const {
    change_counter counter{};
    {
        sqlite::database_options options;
        options.lock_timeout = std::chrono::milliseconds(0);
        sqlite::database db(database_, options);
        db.exec("BEGIN EXCLUSIVE", "look");
        auto others = db.prepare("SELECT 1 FROM sqlite_schema WHERE tbl_name <> ?", "look");
        others.bind(1, staged_);
        if (others.step()) return false;
        counter = read_counter(file_);
    }
    // The system grants a write lease only if no other program has the file open. A program that
    // opens the file during the lease waits, and then finds that the file was removed.
    if (::fcntl(file_, F_SETLEASE, F_WRLCK) != 0) return false;
    struct ::stat ours{};
    struct ::stat there{};
    return read_counter(file_) == counter && ::fstat(file_, &ours) == 0 &&
           ::lstat(database_.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

}  // namespace weir_load
