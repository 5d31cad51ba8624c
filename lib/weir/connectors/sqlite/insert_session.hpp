/// \file
/// The part of a `batch_writer` that does not depend on the type of its rows: statements,
/// transactions, counters.
#pragma once

#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/statement.hpp>
#include <weir/runtime/callback.hpp>

#include <absl/status/status.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::sqlite {

/// The result of a load so far.
struct load_report {
    std::uint64_t rows = 0;      ///< Inserted and committed.
    std::uint64_t rejected = 0;  ///< Kept out, because the database refused the row.
    std::uint64_t ignored = 0;   ///< Left out, because `on_conflict` says so.
    std::uint64_t commits = 0;
};

/// When a writer commits, and its callbacks.
struct commit_options {
    /// A commit follows the batch that completes this many rows; 0: only when asked.
    std::uint64_t rows_per_commit = 100'000;
    /// Called in the first transaction, before any row: creates or empties the table, say, so that
    /// a load that fails before its first commit has changed nothing.
    callback<database&> on_begin;
    /// Called in each transaction just before its COMMIT: what it writes becomes durable together
    /// with the rows, such as the position up to which the source has been read.
    callback<database&> on_commit;
    /// Called after each COMMIT that has taken effect, with what is durable by then: so whoever
    /// sent the rows can be told.
    callback<const load_report&> after_commit;
    /// What stands behind VALUES: `ON CONFLICT (id) DO NOTHING`, say. It becomes part of the SQL as
    /// it is, so quote the names in it. Empty: a row whose key is taken is refused.
    std::string on_conflict;
};

namespace detail {

/// Inserts rows into one table in transactions. Used by `batch_writer`.
///
/// One statement inserts several rows. SQLite undoes such a statement as a whole when one of its
/// rows is refused. It costs less than half of single inserts, because SQLite keeps its position in
/// the tables between the rows. Statements of 128, 64, ... 1 rows cover any number.
class insert_session {
public:
    /// Columns are in the order in which rows bind their values. None means all columns of the
    /// table in its order, except generated ones.
    insert_session(database& db, std::string table, std::vector<std::string> columns,
                   commit_options options);
    insert_session(const insert_session&) = delete;
    insert_session& operator=(const insert_session&) = delete;
    /// Rolls back the uncommitted rows.
    ~insert_session() { roll_back(); }

    /// Ensures that a transaction is open. Throws also when an earlier call has failed.
    void begin();
    /// The number of rows, of `rows` rows, that the next statement should insert.
    std::size_t chunk(std::size_t rows) const noexcept {
        return std::bit_floor(std::min(rows, largest_));
    }
    /// The statement that inserts `rows` rows, a power of two returned by `chunk`.
    sqlite3_stmt* insert_of(std::size_t rows);
    /// Runs the statement. True: the rows are inserted. False: a row was refused and none is
    /// inserted. Throws for errors that no row has caused.
    bool insert(sqlite3_stmt* bound, std::size_t rows);
    /// Why `insert` last returned false.
    const absl::Status& refusal() const noexcept { return refusal_; }
    /// Why a row cannot be inserted for which `bind_value` returned `code`.
    static absl::Status unbindable(int code);
    void count_reject() noexcept { ++report_.rejected; }

    /// Commits if there are enough rows.
    void commit_if_due();
    /// Commits the open transaction, if there is one.
    void commit();
    /// Rolls back and refuses further work, because rows were lost and later ones would leave a
    /// gap.
    void fail() noexcept;
    [[noreturn]] void fail_column_count(int bound) const;

    int columns() const noexcept { return columns_; }
    load_report report() const noexcept { return report_; }
    /// Rows inserted, committed or not.
    std::uint64_t rows_inserted() const noexcept { return report_.rows + pending_; }

private:
    static constexpr std::size_t max_rows = 128;

    void write_sql();
    void roll_back() noexcept;
    void check_refusal(const database_error& met) const;

    database* db_;
    std::string table_;
    std::vector<std::string> column_names_;
    commit_options options_;
    std::string operation_;
    std::string insert_into_;  // INSERT ... VALUES, without the rows
    std::string values_;       // the parameters of one row
    int columns_ = 0;
    std::size_t largest_ = 1;
    // By the logarithm of the number of rows; prepared at the first use.
    std::array<std::optional<statement>, std::bit_width(max_rows)> statements_;
    std::uint64_t pending_ = 0;
    load_report report_;
    absl::Status refusal_;
    bool open_ = false;
    bool begun_ = false;
    bool failed_ = false;
};

}  // namespace detail

}  // namespace weir::sqlite
