/// \file
/// A connection to a SQLite database, with a thread of its own to be used on.
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

/// What a commit promises.
enum class durability {
    full,  ///< What was committed survives a loss of power (`synchronous=FULL`).
    off,   ///< Faster; a loss of power may cost the whole database file (`synchronous=OFF`).
};

struct database_options {
    durability commits = durability::full;
    /// Opens for reading only; the file must exist.
    bool read_only = false;
    /// How long to wait for a lock that another connection holds, each time.
    std::chrono::milliseconds lock_timeout = std::chrono::seconds(10);
    /// Once it asks to stop, no lock is waited for any longer, not even to open the database: such
    /// a wait throws SQLITE_INTERRUPT. Everything else works as before.
    std::stop_token stop_waiting = {};
    /// Memory for cached pages, in units of 1024 bytes.
    int cache_kib = 40'000;
    /// Bytes a page, a power of two from 512 to 65536, for a file that is created; 0: SQLite's.
    int page_size = 0;
};

/// The path that means a database in memory, gone when closed.
inline constexpr std::string_view in_memory = ":memory:";

/// `name` as an SQL identifier: in double quotes, those within it doubled. Whatever the name
/// holds, it is a name and no SQL. Throws std::invalid_argument when it is empty or holds a NUL.
std::string quote_identifier(std::string_view name);

/// One open database.
///
///     sqlite::database db("people.db");
///     db.exec("PRAGMA user_version = 1");
///     auto rows = db.row_count("people");
///
/// Threads: use it from one thread at a time; only `interrupt`, `clear_interrupt`, `end_wait` and
/// `executor` are thread-safe. Work for it is best posted to `executor()`, a thread that belongs to
/// it, since most calls block on the disk or on locks. What runs there must be over, or abandoned,
/// when the database is destroyed: the destructor waits for the one call that is running and drops
/// the rest.
///
/// Locks: where another connection holds the lock, calls wait up to `lock_timeout` and then throw
/// SQLITE_BUSY. `interrupt` and `end_wait` end such a wait. Where waiting cannot help (a reader
/// that wants to write what has changed meanwhile), calls throw SQLITE_BUSY at once, and say so.
///
/// Safe by default: foreign keys are enforced; double-quoted words are never taken for strings;
/// files are trusted no further than SQLite's defensive mode does; a path is a path, never a URI.
/// Temporary data (including what lets one statement be undone) is held in memory.
///
/// Every member throws `sqlite::database_error` when SQLite reports a failure.
class database {
public:
    /// Opens `file`, creating it unless read-only. Fails at once for what is not a database, cannot
    /// be read, or (unless read-only) cannot be written.
    explicit database(const std::filesystem::path& file, const database_options& options = {});
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    /// The thread of this database.
    asio::any_io_executor executor() const { return thread_->context().get_executor(); }

    /// Runs SQL, any number of statements, passing over what they return. Splice no values into
    /// it: `prepare` and bind. `operation` is what an error will say could not be done.
    void exec(const std::string& sql, const std::string& operation = "run SQL");
    /// Compiles one statement.
    statement prepare(std::string_view sql, const std::string& operation = "run SQL") {
        return statement(*this, sql, operation);
    }

    /// How many rows a table has. Reads the table's pages.
    std::int64_t row_count(std::string_view table);
    /// Rewrites the file without free pages. Needs as much free disk again, and no open
    /// transaction; drops this connection's temporary tables.
    void vacuum();

    /// Stops the statement that is running, and from now on ends every wait for a lock at once:
    /// both throw SQLITE_INTERRUPT. Statements that need not wait work as before, so that what
    /// is complete can still be committed. As SQLite has it, "running" includes a SELECT that has
    /// given a row and was not reset, and as long as there is one all statements are interrupted.
    /// Thread-safe.
    void interrupt() noexcept;
    /// Ends the wait for a lock that is on, if there is one: it throws SQLITE_INTERRUPT. Statements
    /// that run go on, and later waits happen. Thread-safe.
    void end_wait() noexcept { lock_wait_.end_current(); }
    /// Lets waits happen again. Thread-safe.
    void clear_interrupt() noexcept { lock_wait_.restore(); }

    /// Whether a transaction is open.
    bool in_transaction() const noexcept { return sqlite3_get_autocommit(connection_.get()) == 0; }

    /// The path as it was given.
    const std::string& file() const noexcept { return file_; }

    /// The error SQLite met last on this connection, as it is to be thrown.
    database_error failure(const std::string& operation);
    [[noreturn]] void fail(const std::string& operation) { throw failure(operation); }

    /// How this connection waits for locks, for what takes locks of its own beside SQLite's.
    detail::lock_wait& waits() noexcept { return lock_wait_; }

    /// Resets every statement that has given a row and is not at its end; the next `step` of such a
    /// `statement` throws. For `rollback`, where an interruption would otherwise go on.
    void abandon_reads() noexcept;
    /// How often reads were abandoned.
    std::uint64_t reads_abandoned() const noexcept { return reads_abandoned_; }

    /// For the few who need the C API.
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

/// While it lives, the work that is done on a database can be given up from another thread, and
/// only that work: set the flag, then call `look_again`. The statement that runs, or the wait for a
/// lock, throws SQLITE_INTERRUPT. What another user of the connection does later is not touched.
///
///     const sqlite::interruptible scope(db, given_up);   // a std::atomic<bool>
///     writer.write(batch);
///
/// Made and destroyed where the database is used, one at a time; it takes SQLite's progress
/// handler. Cost: two calls; and one atomic load every 1,000 of SQLite's instructions.
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
    /// Begins one, and takes the write lock (waiting for it) at once, so that it cannot be refused
    /// half-way.
    explicit transaction(database& db);
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();

    /// Makes it durable, once. When it throws, nothing was committed, unless the error says that
    /// its outcome is unknown.
    void commit();

private:
    database* db_;
};

/// COMMIT and ROLLBACK of the open transaction, for those that cannot use the guard. `rollback`
/// ends it also after `interrupt`, while a SELECT of this connection is in the middle of its rows:
/// that SELECT is over then, and its next `step` throws.
void commit(database& db);
namespace detail {

void rollback(database& db) noexcept;

}  // namespace detail

}  // namespace weir::sqlite
