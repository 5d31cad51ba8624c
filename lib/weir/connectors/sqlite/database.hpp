/// \file
/// A connection to a SQLite database, with its own thread.
#pragma once

#include <weir/connectors/sqlite/detail/lock_wait.hpp>
#include <weir/connectors/sqlite/error.hpp>
#include <weir/connectors/sqlite/statement.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/detail/worker_threads.hpp>

#include <asio/thread_pool.hpp>
#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace weir::sqlite {

/// The guarantee of a commit.
enum class durability {
    full,  ///< Committed data survives a power failure (`synchronous=FULL`).
    off,   ///< Faster; a power failure may destroy the whole database file (`synchronous=OFF`).
};

struct database_options {
    durability commits = durability::full;
    /// Opens for reading only; the file must exist.
    bool read_only = false;
    /// The longest wait for a lock that another connection holds, for each lock.
    std::chrono::milliseconds lock_timeout = std::chrono::seconds(10);
    /// After a stop request, no lock is awaited any more, not even to open the database: such a
    /// wait throws SQLITE_INTERRUPT. Everything else works as before.
    std::stop_token stop_waiting = {};
    /// Memory for cached pages, in units of 1024 bytes.
    int cache_kib = 40'000;
    /// Bytes per page, a power of two from 512 to 65536, for a new file; 0: SQLite's default.
    int page_size = 0;
};

/// The path of a database in memory, which is destroyed when closed.
inline constexpr std::string_view in_memory = ":memory:";

/// `name` as an SQL identifier: in double quotes, with those in it doubled. Its contents are always
/// a name, never SQL. Throws std::invalid_argument when it is empty or holds a NUL.
std::string quote_identifier(std::string_view name);

/// One open database.
///
///     sqlite::database db("people.db");
///     db.exec("PRAGMA user_version = 1");
///     auto rows = db.row_count("people");
///
/// Threads: use it from one thread at a time; only `interrupt`, `clear_interrupt`, `end_wait` and
/// `executor` are thread-safe. It is best to post its work to `executor()`, which is its own
/// thread, because most calls block on the disk or on locks. That work must be over, or may be
/// abandoned, when the database is destroyed: the destructor waits for the one running call and
/// drops the rest.
///
/// Locks: if another connection holds the lock, calls wait up to `lock_timeout` and then throw
/// SQLITE_BUSY. `interrupt` and `end_wait` end such a wait. If waiting cannot help (a reader wants
/// to write data that was changed meanwhile), calls throw SQLITE_BUSY at once, with that reason.
///
/// Safe by default: foreign keys are enforced; double-quoted words are never read as strings; files
/// are opened in SQLite's defensive mode; a path is a path, never a URI. Temporary data (including
/// the data to undo one statement) is held in memory.
///
/// Every member throws `sqlite::database_error` when SQLite reports a failure.
class database {
public:
    /// Opens `file`, and creates it unless read-only. Fails at once for a file that is not a
    /// database, cannot be read, or (unless read-only) cannot be written.
    explicit database(const std::filesystem::path& file, const database_options& options = {});
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    /// The thread of this database.
    asio::any_io_executor executor() const { return thread_->context().get_executor(); }

    /// Runs SQL, any number of statements, and ignores their results. Do not put values into the
    /// text: use `prepare` and bind. `operation` names the work in error texts.
    void exec(const std::string& sql, const std::string& operation = "run SQL");
    /// Compiles one statement.
    statement prepare(std::string_view sql, const std::string& operation = "run SQL") {
        return statement(*this, sql, operation);
    }

    /// The number of rows of a table. Reads the table's pages.
    std::int64_t row_count(std::string_view table);
    /// Rewrites the file without free pages. Needs as much free disk space again, and no open
    /// transaction; drops this connection's temporary tables.
    void vacuum();

    /// Stops the running statement, and from now on ends every wait for a lock at once: both throw
    /// SQLITE_INTERRUPT. Statements that need not wait work as before, so completed work can still
    /// be committed. For SQLite, a SELECT that has given a row and was not reset is also running;
    /// as long as there is one, all statements are interrupted. Thread-safe.
    void interrupt() noexcept;
    /// Ends the current wait for a lock, if there is one: it throws SQLITE_INTERRUPT. Running
    /// statements continue, and later waits are possible. Thread-safe.
    void end_wait() noexcept { lock_wait_.end_current(); }
    /// Makes waits possible again. Thread-safe.
    void clear_interrupt() noexcept { lock_wait_.restore(); }

    /// Whether a transaction is open.
    bool in_transaction() const noexcept { return sqlite3_get_autocommit(connection_.get()) == 0; }

    /// The path as given.
    const std::string& file() const noexcept { return file_; }

    /// The last error of SQLite on this connection, as an exception.
    database_error failure(const std::string& operation);
    [[noreturn]] void fail(const std::string& operation) { throw failure(operation); }

    /// The waits of this connection, for code with its own locks beside SQLite's.
    detail::lock_wait& waits() noexcept { return lock_wait_; }

    /// Resets every statement that has given a row and is not at its end; the next `step` of such a
    /// `statement` throws. `rollback` needs this, because an interruption would otherwise continue.
    void abandon_reads() noexcept;
    /// How often `abandon_reads` was called.
    std::uint64_t reads_abandoned() const noexcept { return reads_abandoned_; }

    /// For programs that need the C API.
    sqlite3* handle() const noexcept { return connection_.get(); }

private:
    struct close {
        void operator()(sqlite3* c) const noexcept { sqlite3_close_v2(c); }
    };

    struct stop_waits {
        detail::lock_wait* wait;
        void operator()() const noexcept { wait->cancel(); }
    };

    void open(const std::filesystem::path& file, const database_options& options);
    void configure(const database_options& options);

    std::string file_;
    detail::lock_wait lock_wait_;
    std::stop_callback<stop_waits> on_stop_;
    std::unique_ptr<sqlite3, close> connection_;
    std::uint64_t reads_abandoned_ = 0;
    // Last, so that nothing runs on it any more when the connection closes.
    std::unique_ptr<weir::detail::worker_threads> thread_;
};

namespace detail {

/// While it exists, another thread can stop the work of this scope on a database, and only that
/// work: set the flag, then call `look_again`. The running statement, or the wait for a lock,
/// throws SQLITE_INTERRUPT. Later work of other users of the connection is not affected.
///
///     const sqlite::interruptible scope(db, given_up);   // a std::atomic<bool>
///     writer.write(batch);
///
/// Create and destroy it where the database is used, one at a time; it takes SQLite's progress
/// handler. Cost: two calls, and one atomic load every 1,000 of SQLite's instructions.
class interruptible {
public:
    interruptible(database& db, const std::atomic<bool>& given_up) noexcept;
    interruptible(const interruptible&) = delete;
    interruptible& operator=(const interruptible&) = delete;
    ~interruptible();

private:
    database* db_;
};

}  // namespace detail

/// A transaction that is rolled back unless it is committed.
///
///     sqlite::transaction both(db);
///     db.exec(...); db.exec(...);
///     both.commit();
class transaction {
public:
    /// Begins a transaction and takes the write lock at once (it waits for it), so the lock cannot
    /// be refused half-way.
    explicit transaction(database& db);
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();

    /// Makes the changes durable, once. When it throws, nothing was committed, unless the error
    /// says that its outcome is unknown.
    void commit();

private:
    database* db_;
};

/// COMMIT and ROLLBACK of the open transaction, for code that cannot use the guard. `rollback`
/// works also after `interrupt`, while a SELECT of this connection is in the middle of its rows: it
/// ends that SELECT, whose next `step` throws.
void commit(database& db);
namespace detail {

void rollback(database& db) noexcept;

}  // namespace detail

}  // namespace weir::sqlite
