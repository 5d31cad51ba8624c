#include <weir/connectors/sqlite/insert_session.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::sqlite {

namespace {

std::size_t rows_within_limit(database& db, std::size_t columns, std::size_t most) {
    const int parameters = sqlite3_limit(db.handle(), SQLITE_LIMIT_VARIABLE_NUMBER, -1);
    const std::size_t rows = static_cast<std::size_t>(parameters) / columns;
    return std::bit_floor(std::clamp<std::size_t>(rows, 1, most));
}

/// The columns that take values: all but generated and hidden ones.
std::vector<std::string> insertable_columns(database& db, const std::string& table,
                                            const std::string& operation) {
    const std::string quoted = quote_identifier(table);
    db.prepare("SELECT * FROM " + quoted, operation);  // throws if there is no such table
    std::vector<std::string> names;
    auto columns = db.prepare("PRAGMA table_xinfo(" + quoted + ")", operation);
    constexpr int name = 1;
    constexpr int hidden = 6;
    while (columns.step()) {
        if (columns.get<int>(hidden) == 0) names.push_back(columns.get<std::string>(name));
    }
    if (names.empty()) {
        throw database_error(SQLITE_ERROR, db.file(), operation,
                             "the table has no column to insert into");
    }
    return names;
}

absl::StatusCode status_code(int code) {
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return absl::StatusCode::kAlreadyExists;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return absl::StatusCode::kFailedPrecondition;
        case SQLITE_TOOBIG:
            return absl::StatusCode::kOutOfRange;
        default:
            return absl::StatusCode::kInvalidArgument;
    }
}

}  // namespace

detail::insert_session::insert_session(database& db, std::string table,
                                       std::vector<std::string> columns, commit_options options)
    : db_(&db),
      table_(std::move(table)),
      column_names_(std::move(columns)),
      options_(std::move(options)),
      operation_("insert into " + quote_identifier(table_)) {}

void detail::insert_session::begin() {
    if (failed_)
        throw database_error(SQLITE_ABORT, db_->file(), operation_, "the load has failed before");
    if (open_) return;
    if (db_->in_transaction()) {
        throw database_error(
            SQLITE_ERROR, db_->file(), operation_,
            "another transaction is open on this connection: one load at a time, or a "
            "database for each");
    }
    db_->exec("BEGIN IMMEDIATE", "begin a transaction");
    open_ = true;
    if (begun_) return;
    if (options_.on_begin) options_.on_begin(*db_);
    write_sql();
    begun_ = true;
}

void detail::insert_session::write_sql() {
    const std::string table = quote_identifier(table_);
    if (column_names_.empty()) column_names_ = insertable_columns(*db_, table_, operation_);
    columns_ = static_cast<int>(column_names_.size());
    largest_ = rows_within_limit(*db_, column_names_.size(), max_rows);
    std::string names;
    for (const std::string& column : column_names_) {
        names += (names.empty() ? "" : ", ") + quote_identifier(column);
        values_ += values_.empty() ? "(?" : ",?";
    }
    values_ += ')';
    // OR ABORT overrides conflict clauses of the table. A refused statement must leave no trace,
    // because otherwise its rows would be inserted twice.
    insert_into_ = "INSERT OR ABORT INTO " + table + " (" + names + ") VALUES ";
}

sqlite3_stmt* detail::insert_session::insert_of(std::size_t rows) {
    auto& slot = statements_[static_cast<std::size_t>(std::countr_zero(rows))];
    if (!slot) {
        std::string sql = insert_into_ + values_;
        for (std::size_t i = 1; i < rows; ++i) sql += "," + values_;
        if (!options_.on_conflict.empty()) sql += " " + options_.on_conflict;
        slot.emplace(*db_, sql, operation_);
    }
    return slot->handle();
}

bool detail::insert_session::insert(sqlite3_stmt* bound, std::size_t rows) {
    const int code = sqlite3_step(bound);
    if (code == SQLITE_DONE) {
        sqlite3_reset(bound);
        if (!options_.on_conflict.empty()) {
            const auto changed = static_cast<std::size_t>(sqlite3_changes(db_->handle()));
            report_.ignored += rows - std::min(rows, changed);
            rows = std::min(rows, changed);
        }
        pending_ += rows;
        return true;
    }
    const database_error met = db_->failure(operation_);
    refusal_ = absl::Status(status_code(met.code()), sqlite3_errmsg(db_->handle()));
    sqlite3_reset(bound);
    check_refusal(met);
    return false;
}

void detail::insert_session::check_refusal(const database_error& met) const {
    // Any other error (disk full, I/O, a lock, memory, SQL that fails) would affect every row.
    const int family = met.primary_code();
    if (family != SQLITE_CONSTRAINT && family != SQLITE_MISMATCH && family != SQLITE_TOOBIG) {
        throw met;
    }
    if (!db_->in_transaction()) {
        throw database_error(
            met.code(), db_->file(), operation_,
            "a trigger rolled the whole transaction back: " + std::string(refusal_.message()));
    }
    if (sqlite3_changes(db_->handle()) != 0) {
        throw database_error(
            met.code(), db_->file(), operation_,
            "a trigger (RAISE(FAIL)) left part of a refused statement in the table: " +
                std::string(refusal_.message()));
    }
}

absl::Status detail::insert_session::unbindable(int code) {
    return absl::OutOfRangeError(code == SQLITE_MISMATCH ? "an integer above 2^63 - 1"
                                                         : sqlite3_errstr(code));
}

void detail::insert_session::commit_if_due() {
    if (options_.rows_per_commit != 0 && pending_ >= options_.rows_per_commit) commit();
}

void detail::insert_session::commit() {
    if (failed_) begin();  // throws
    if (!open_) return;
    if (options_.on_commit) options_.on_commit(*db_);
    sqlite::commit(*db_);
    open_ = false;
    report_.rows += std::exchange(pending_, 0);
    ++report_.commits;
    if (options_.after_commit) options_.after_commit(report_);
}

void detail::insert_session::roll_back() noexcept {
    if (!std::exchange(open_, false)) return;
    pending_ = 0;
    detail::rollback(*db_);
}

void detail::insert_session::fail() noexcept {
    roll_back();
    failed_ = true;
}

void detail::insert_session::fail_column_count(int bound) const {
    throw std::logic_error("weir: bind_row bound " + std::to_string(bound) + " values for the " +
                           std::to_string(columns_) + " columns: cannot " + operation_);
}

}  // namespace weir::sqlite
