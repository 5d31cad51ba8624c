#include <weir/connectors/sqlite/database.hpp>
#include <weir/core/asio.hpp>

#include <asio/thread_pool.hpp>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace weir::sqlite {

namespace {

/// The name for SQLite to open. A name that SQLite would read as a URI is turned into a plain path.
std::string plain_path(const std::filesystem::path& file) {
    std::string name = file.string();
    return name.starts_with("file:") ? "./" + name : name;
}

/// An obvious reason why a file cannot be opened, or an empty text.
std::string plain_cause(const std::filesystem::path& file, bool read_only) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) return "it is a directory";
    if (read_only && !fs::exists(file, ignored)) return "it does not exist";
    const auto directory = file.parent_path();
    if (!directory.empty() && !fs::is_directory(directory, ignored)) {
        return "there is no directory " + directory.string();
    }
    // SQLite would report that there is no such file, because its last attempt is to open it for
    // reading.
    if (!read_only && !fs::exists(file, ignored) &&
        ::access(directory.empty() ? "." : directory.c_str(), W_OK) != 0) {
        return "its directory cannot be written to (" + std::generic_category().message(errno) +
               ")";
    }
    return {};
}

}  // namespace

std::string quote_identifier(std::string_view name) {
    if (name.empty()) throw std::invalid_argument("weir: an SQL name must not be empty");
    if (name.find('\0') != name.npos) {
        throw std::invalid_argument("weir: an SQL name must not hold a NUL");
    }
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted += '"';
}

database::database(const std::filesystem::path& file, const database_options& options)
    : file_(file.string()),
      lock_wait_(options.lock_timeout),
      on_stop_(options.stop_waiting, stop_waits{&lock_wait_}) {
    open(file, options);
    configure(options);
    thread_ = std::make_unique<weir::detail::worker_threads>(1);
}

void database::open(const std::filesystem::path& file, const database_options& options) {
    const std::string name = plain_path(file);
    if (name.empty() || name.find('\0') != name.npos) {
        throw database_error(SQLITE_CANTOPEN, file_, "open", "this is no file name");
    }
    if (const auto cause = name == in_memory ? "" : plain_cause(file, options.read_only);
        !cause.empty()) {
        throw database_error(SQLITE_CANTOPEN, file_, "open", cause);
    }
    // Only one thread at a time uses it, so SQLite need not lock it in each call.
    const int flags =
        SQLITE_OPEN_NOMUTEX |
        (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &opened, flags, nullptr);
    connection_.reset(opened);
    if (!opened) throw database_error(code, file_, "open", sqlite3_errstr(code));
    sqlite3_extended_result_codes(opened, 1);
    if (code != SQLITE_OK) fail("open");
    // If SQLite may not write, it opens for reading, and would report that only at the first row.
    if (!options.read_only && sqlite3_db_readonly(opened, "main") == 1) {
        throw database_error(SQLITE_READONLY, file_, "open for writing", "the file is read-only");
    }
}

void database::configure(const database_options& options) {
    sqlite3* const c = connection_.get();
    sqlite3_busy_handler(
        c,
        [](void* wait, int attempt) {
            return static_cast<detail::lock_wait*>(wait)->pause(attempt) ? 1 : 0;
        },
        &lock_wait_);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(c, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    std::string settings = "PRAGMA temp_store = MEMORY;";
    settings += "PRAGMA cache_size = " + std::to_string(-options.cache_kib) + ";";
    settings += options.commits == durability::full ? "PRAGMA synchronous = FULL;"
                                                    : "PRAGMA synchronous = OFF;";
    if (options.page_size > 0) {
        settings += "PRAGMA page_size = " + std::to_string(options.page_size) + ";";
    }
    // SQLite opens lazily. This last pragma reads the file, so a file that is no database fails
    // here.
    settings += "PRAGMA schema_version;";
    exec(settings, "open");
}

void database::exec(const std::string& sql, const std::string& operation) {
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(operation);
    }
}

std::int64_t database::row_count(std::string_view table) {
    const std::string name = quote_identifier(table);
    auto count = prepare("SELECT count(*) FROM " + name, "count the rows of " + name);
    count.step();
    return count.get<std::int64_t>(0);
}

void database::vacuum() {
    // VACUUM makes its copy in temporary storage. That must be a file, or memory would grow with
    // the table.
    exec("PRAGMA temp_store = FILE", "vacuum");
    const int code = sqlite3_exec(connection_.get(), "VACUUM", nullptr, nullptr, nullptr);
    const database_error met = failure("vacuum");
    exec("PRAGMA temp_store = MEMORY", "vacuum");
    if (code != SQLITE_OK) throw met;
}

void database::interrupt() noexcept {
    lock_wait_.cancel();
    sqlite3_interrupt(connection_.get());
}

void database::abandon_reads() noexcept {
    ++reads_abandoned_;
    sqlite3* const c = connection_.get();
    for (sqlite3_stmt* s = sqlite3_next_stmt(c, nullptr); s; s = sqlite3_next_stmt(c, s)) {
        if (sqlite3_stmt_busy(s) != 0) sqlite3_reset(s);
    }
}

database_error database::failure(const std::string& operation) {
    database_error met = detail::last_error(connection_.get(), file_, operation);
    if (met.primary_code() != SQLITE_BUSY) return met;
    switch (lock_wait_.take_refusal()) {
        case detail::lock_wait::refusal::cancelled:
            return database_error(SQLITE_INTERRUPT, file_, operation,
                                  "interrupted while waiting for a lock");
        case detail::lock_wait::refusal::limit:
            return database_error(met.code(), file_, operation,
                                  "the database is locked by another connection (waited " +
                                      std::to_string(lock_wait_.limit().count()) + " ms)");
        case detail::lock_wait::refusal::none:
            break;
    }
    // SQLite does not wait if the wait could never end: for example if two readers wait to write.
    const std::string cause = met.code() == SQLITE_BUSY_SNAPSHOT
                                  ? "another connection has written since this one began to read"
                                  : sqlite3_errmsg(connection_.get());
    return database_error(met.code(), file_, operation,
                          cause + " (not waited for: it could not help)");
}

detail::interruptible::interruptible(database& db, const std::atomic<bool>& given_up) noexcept
    : db_(&db) {
    constexpr int instructions = 1'000;
    const auto look = [](void* flag) {
        return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed) ? 1 : 0;
    };
    // SQLite returns the pointer unchanged; nothing is written through it.
    sqlite3_progress_handler(db.handle(), instructions, look,
                             const_cast<std::atomic<bool>*>(&given_up));
    db.waits().watch(&given_up);
}

detail::interruptible::~interruptible() {
    db_->waits().watch(nullptr);
    sqlite3_progress_handler(db_->handle(), 0, nullptr, nullptr);
}

void commit(database& db) {
    if (sqlite3_exec(db.handle(), "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK) return;
    const database_error met = db.failure("commit");
    detail::rollback(db);
    // The first cases were refused before any write, or undone by SQLite because nothing could be
    // written. In the other cases, above all a failed sync, it is unknown what reached the disk.
    switch (met.primary_code()) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CONSTRAINT:
        case SQLITE_INTERRUPT:
        case SQLITE_FULL:
        case SQLITE_ERROR:
            throw met;
        default:
            throw met.with_unknown_outcome();
    }
}

void detail::rollback(database& db) noexcept {
    const auto attempt = [&db] {
        sqlite3_exec(db.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
        return !db.in_transaction();
    };
    // After some errors SQLite has already rolled back. An interruption lasts as long as any
    // statement is in the middle of its rows, and then ends a ROLLBACK too. If ROLLBACK fails for
    // another reason, the next connection that opens the file completes it from the journal.
    if (!db.in_transaction() || attempt()) return;
    db.abandon_reads();
    attempt();
}

transaction::transaction(database& db) : db_(&db) {
    db.exec("BEGIN IMMEDIATE", "begin a transaction");
}

transaction::~transaction() {
    if (db_) detail::rollback(*db_);
}

void transaction::commit() {
    database* const db = std::exchange(db_, nullptr);
    sqlite::commit(*db);
}

}  // namespace weir::sqlite
