/// \file
/// A lock that gives one writer a table for longer than a transaction.
#pragma once

#include <weir/connectors/sqlite/database.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace weir::sqlite {

/// Locks a table of a database file for a load of many transactions, so no other load
/// (`staged_table`, in any process) adds its rows. Plain SQL of other programs is not locked out.
///
/// The lock is one of the operating system (flock) on a file beside the database,
/// `people.db-loading-people`, which names the process that holds it. The lock ends with the
/// process, however that ends. The file may then remain, and is used again. A database in memory
/// needs no lock and has none.
///
/// Threads: those of its database.
class table_lock {
public:
    /// Takes the lock; waits for it as the database waits for its locks. Throws
    /// `sqlite::database_error`: SQLITE_BUSY with the name of the holder when the limit has passed,
    /// SQLITE_INTERRUPT when the wait was ended, SQLITE_CANTOPEN when the file cannot be created.
    table_lock(database& db, std::string_view table);
    table_lock(const table_lock&) = delete;
    table_lock& operator=(const table_lock&) = delete;
    /// Releases the lock and removes the file.
    ~table_lock();

    /// The process that holds the lock of a table now, such as `process 4242 (weir-load) on HOST,
    /// since 2026-11-30 21:32:26 UTC`; nothing when the lock is free.
    static std::optional<std::string> holder(const std::filesystem::path& database,
                                             std::string_view table);

private:
    bool try_lock(database& db, const std::string& operation);

    std::string path_;
    int file_ = -1;
};

}  // namespace weir::sqlite
