/// \file
/// The exception of weir::sqlite for failures of the database, not of a single row.
#pragma once

#include <weir/core/error.hpp>

#include <stdexcept>
#include <string>

struct sqlite3;

namespace weir::sqlite {

/// A failed operation on a database file.
///
/// `what()` is one line that names the file, the operation and the cause. It holds no value that
/// was bound to a statement:
///
///     people.db: cannot open: it is a directory
///     people.db: cannot insert into "people": database or disk is full
class database_error : public weir::error {
public:
    /// `code` is one of SQLite's extended result codes.
    database_error(int code, const std::string& file, const std::string& operation,
                   const std::string& cause)
        : weir::error(file + ": cannot " + operation + ": " + cause),
          code_(code),
          file_(file),
          operation_(operation) {}

    /// The extended result code, such as SQLITE_IOERR_FSYNC.
    int code() const noexcept { return code_; }
    /// Its family, such as SQLITE_IOERR, SQLITE_FULL, SQLITE_BUSY, SQLITE_INTERRUPT.
    int primary_code() const noexcept { return code_ & 0xff; }
    /// The database, as the caller named it.
    const std::string& file() const noexcept { return file_; }
    /// The attempted operation, such as `open` or `commit`.
    const std::string& operation() const noexcept { return operation_; }

    /// True when a COMMIT failed and it is unknown whether it took effect: check the table before
    /// the rows are written again, and never simply repeat the commit.
    bool outcome_unknown() const noexcept { return outcome_unknown_; }

    /// The same error, marked (also in its text) as one with an unknown outcome.
    database_error with_unknown_outcome() const {
        database_error marked = *this;
        static_cast<std::runtime_error&>(marked) = std::runtime_error(
            std::string(what()) + "; whether the transaction took effect is not known");
        marked.outcome_unknown_ = true;
        return marked;
    }

private:
    int code_;
    std::string file_;
    std::string operation_;
    bool outcome_unknown_ = false;
};

namespace detail {

/// The last error of `connection`, in SQLite's words, followed by the system's if there are any (no
/// space, no permission).
database_error last_error(sqlite3* connection, const std::string& file,
                          const std::string& operation);

}  // namespace detail

}  // namespace weir::sqlite
