/// \file
/// Writes batches of rows into a table: fast, durable, and without the bad rows.
#pragma once

#include <weir/connectors/sqlite/insert_session.hpp>
#include <weir/connectors/sqlite/row.hpp>
#include <weir/runtime/callback.hpp>

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::sqlite {

/// A row that the database refused, valid during the call of `on_reject`.
template <class Row>
struct reject {
    std::size_t index;  ///< Its index in the current batch, from 0.
    const Row& row;
    /// AlreadyExists (the key exists), FailedPrecondition (foreign key), OutOfRange (too large for
    /// SQLite), or InvalidArgument (any other constraint). The text names the constraint and holds
    /// no value of the row.
    absl::Status cause;
};

/// The options of a `batch_writer`; `commit_options` describes all but `on_reject`.
template <class Row>
struct batch_writer_options {
    std::uint64_t rows_per_commit = commit_options{}.rows_per_commit;
    callback<database&> on_begin = {};
    /// Called for each refused row, in order, before the batch is committed. Without it they are
    /// only counted. What it throws ends the load.
    callback<const reject<Row>&> on_reject = {};
    callback<database&> on_commit = {};
    callback<const load_report&> after_commit = {};
    std::string on_conflict = {};
};

/// Inserts batches of `Row` (see row.hpp) into columns of a table.
///
///     sqlite::batch_writer<person> people(db, "people");
///     for (const auto& batch : batches) people.write(batch);
///     people.finish();
///
/// Commits when a batch has completed `rows_per_commit` rows, and never in the middle of a batch. A
/// row that breaks a constraint of the table, or holds a value that SQLite cannot store, is passed
/// to `on_reject` and left out. All others are inserted, in order, and the load continues.
///
/// Errors: a failure that is not caused by a single row (disk full, I/O, read-only, corrupt, locked
/// beyond the limit, no memory) throws `sqlite::database_error`, and so does a failed commit.
/// Exceptions of a callback or of `bind_row` pass through. All of these roll back to the last
/// commit, and the writer then refuses further work. A commit is never tried twice;
/// `database_error::outcome_unknown` says whether a failed one may have taken effect nevertheless.
///
/// Cancellation: `database::interrupt`. Destroying the writer rolls back the uncommitted rows.
/// Threads: that of its database, which must outlive it. While a transaction is open, use the
/// database for nothing else. Cost: per row, the binding (nothing is copied) and SQLite's own work;
/// for a refused row, up to 127 rows around it are inserted a second time.
template <class Row>
class batch_writer {
public:
    /// Without `columns`, rows have a value for each column of the table except generated ones, in
    /// the table's order. Does not access the database yet; throws std::invalid_argument for an
    /// invalid table name.
    batch_writer(database& db, std::string table, std::vector<std::string> columns = {},
                 batch_writer_options<Row> options = {})
        : on_reject_(std::move(options.on_reject)),
          session_(
              db, std::move(table), std::move(columns),
              {options.rows_per_commit, std::move(options.on_begin), std::move(options.on_commit),
               std::move(options.after_commit), std::move(options.on_conflict)}) {}

    /// Inserts the rows of `batch`, a sized range of `Row` that can be iterated twice.
    template <std::ranges::forward_range Batch>
    void write(const Batch& batch) {
        static_assert(std::ranges::sized_range<const Batch> &&
                          std::is_same_v<std::ranges::range_reference_t<const Batch>, const Row&>,
                      "weir: a batch_writer<Row> takes sized ranges whose elements are rows that "
                      "exist (a std::vector<Row>, say), not ones computed on the way.");
        guarded([&] {
            session_.begin();
            insert_all(std::ranges::begin(batch), std::ranges::size(batch));
            session_.commit_if_due();
        });
    }

    /// Commits the rows written so far, if there are any; writing may continue.
    void commit() {
        guarded([&] { session_.commit(); });
    }

    /// Commits the rest. A load without rows has a transaction too: `on_begin` and `on_commit` are
    /// called, so an empty table is created.
    load_report finish() {
        guarded([&] {
            if (report().commits == 0) session_.begin();
            session_.commit();
        });
        return report();
    }

    /// The committed part of the load so far.
    load_report report() const noexcept { return session_.report(); }
    /// Rows inserted so far, committed or not.
    std::uint64_t rows_inserted() const noexcept { return session_.rows_inserted(); }

private:
    template <class Work>
    void guarded(Work work) {
        try {
            work();
        } catch (...) {
            session_.fail();
            throw;
        }
    }

    template <class Iterator>
    void insert_all(Iterator from, std::size_t count) {
        for (std::size_t done = 0; done < count;) {
            const std::size_t rows = session_.chunk(count - done);
            Iterator end = from;
            sqlite3_stmt* const statement = session_.insert_of(rows);
            const int bound = bind(statement, end, rows);
            if (bound != SQLITE_OK || !session_.insert(statement, rows)) {
                insert_singly(from, rows, done);
            }
            from = end;
            done += rows;
        }
    }

    /// Inserts the rows of a refused statement one by one: one or more of them are bad.
    template <class Iterator>
    void insert_singly(Iterator row, std::size_t count, std::size_t index) {
        sqlite3_stmt* const statement = session_.insert_of(1);
        for (const std::size_t end = index + count; index != end; ++index) {
            const Row& current = *row;
            const int bound = bind(statement, row, 1);
            if (bound != SQLITE_OK) {
                turn_away({index, current, session_.unbindable(bound)});
            } else if (!session_.insert(statement, 1)) {
                turn_away({index, current, session_.refusal()});
            }
        }
    }

    /// Binds `count` rows from `row` on, and advances `row` past them.
    template <class Iterator>
    int bind(sqlite3_stmt* statement, Iterator& row, std::size_t count) {
        const int columns = session_.columns();
        int code = SQLITE_OK;
        int first = 1;
        for (std::size_t i = 0; i < count; ++i, ++row, first += columns) {
            row_binder binder(statement, first);
            detail::bind_whole_row<Row>(binder, *row);
            if (binder.bound() != columns) session_.fail_column_count(binder.bound());
            if (binder.code() != SQLITE_OK && code == SQLITE_OK) code = binder.code();
        }
        return code;
    }

    void turn_away(const reject<Row>& refused) {
        session_.count_reject();
        if (on_reject_) on_reject_(refused);
    }

    callback<const reject<Row>&> on_reject_;
    detail::insert_session session_;
};

}  // namespace weir::sqlite
