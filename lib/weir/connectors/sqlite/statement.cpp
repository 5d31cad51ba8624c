#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/statement.hpp>

#include <algorithm>

namespace weir::sqlite {

std::string_view to_string(value_type type) noexcept {
    switch (type) {
        case value_type::integer:
            return "INTEGER";
        case value_type::real:
            return "REAL";
        case value_type::text:
            return "TEXT";
        case value_type::blob:
            return "BLOB";
        case value_type::null:
            break;
    }
    return "NULL";
}

statement::statement(database& db, std::string_view sql, std::string operation)
    : db_(&db), operation_(std::move(operation)) {
    sqlite3_stmt* compiled = nullptr;
    const char* rest = nullptr;
    const int size = static_cast<int>(std::min<std::size_t>(sql.size(), 1'000'000'000));
    const int code = sqlite3_prepare_v2(db.handle(), sql.data(), size, &compiled, &rest);
    handle_.reset(compiled);
    if (code != SQLITE_OK) db.fail(operation_);
    const std::string_view tail = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (!compiled || tail.find_first_not_of(" \t\r\n;") != tail.npos) {
        throw database_error(SQLITE_MISUSE, db.file(), operation_,
                             "the SQL is not exactly one statement");
    }
}

bool statement::step() {
    if (at_row_ && reads_abandoned_ != db_->reads_abandoned()) {
        at_row_ = false;  // SQLite would start again and repeat rows
        throw database_error(SQLITE_ABORT_ROLLBACK, db_->file(), operation_,
                             "an interruption ended it in the middle of its rows");
    }
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) {
        at_row_ = true;
        reads_abandoned_ = db_->reads_abandoned();
        return true;
    }
    if (code == SQLITE_DONE) {
        reset();
        return false;
    }
    // The message belongs to the connection and a reset may change it, so it is read first.
    const database_error met = db_->failure(operation_);
    reset();
    throw met;
}

std::string statement::column_name(int column) const {
    const char* const name = sqlite3_column_name(handle_.get(), column);
    if (name) return name;
    const bool there = column >= 0 && column < columns();
    throw database_error(there ? SQLITE_NOMEM : SQLITE_RANGE, db_->file(), operation_,
                         there ? "no memory" : "there is no column " + std::to_string(column));
}

void statement::run() {
    while (step()) {
    }
}

value_type statement::type(int column) const {
    if (column < 0 || column >= sqlite3_data_count(handle_.get())) {
        throw database_error(SQLITE_RANGE, db_->file(), operation_,
                             "there is no column " + std::to_string(column) + " to read");
    }
    return static_cast<value_type>(sqlite3_column_type(handle_.get(), column));
}

void statement::check_bound(int code, int index) const {
    if (code == SQLITE_OK) return;
    throw database_error(
        code, db_->file(), operation_,
        "parameter " + std::to_string(index) + ": " +
            (code == SQLITE_MISMATCH ? "an integer above 2^63 - 1" : sqlite3_errstr(code)));
}

void statement::expect(int column, value_type wanted) const {
    if (type(column) != wanted) mismatch(column, to_string(wanted));
}

void statement::mismatch(int column, std::string_view wanted) const {
    throw database_error(SQLITE_MISMATCH, db_->file(), operation_,
                         "column " + column_name(column) + " holds " +
                             std::string(to_string(type(column))) + " and was read as " +
                             std::string(wanted));
}

std::span<const std::byte> statement::bytes(int column) const noexcept {
    // In this order: the first call fixes the representation that the second one measures.
    const void* data = sqlite3_column_type(handle_.get(), column) == SQLITE_TEXT
                           ? static_cast<const void*>(sqlite3_column_text(handle_.get(), column))
                           : sqlite3_column_blob(handle_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
    return {static_cast<const std::byte*>(data), size};
}

}  // namespace weir::sqlite
