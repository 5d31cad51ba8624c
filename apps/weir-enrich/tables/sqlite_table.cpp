#include "sqlite_table.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <weir-enrich/endpoints/pending_calls.hpp>
#include <weir-enrich/endpoints/regular_file.hpp>
#include <weir-enrich/model/time_text.hpp>
#include <weir-enrich/tables/reading_stopped.hpp>
#include <weir-enrich/tables/table_builder.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir_enrich {

namespace sqlite = weir::sqlite;

namespace {

/// `SELECT "user_id", "name" FROM "accounts"`
template <class Row>
std::string select_all(const std::string& table) {
    std::string columns;
    const Row names;
    weir::codec::for_each_field(names, [&columns](std::string_view name, const auto&) {
        columns += (columns.empty() ? "" : ", ") + sqlite::quote_identifier(name);
    });
    return "SELECT " + columns + " FROM " + sqlite::quote_identifier(table);
}

/// The key of the current row of `rows`, of whatever type: "user_id 7".
template <class Row>
std::string key_shown(const sqlite::statement& rows) {
    constexpr std::size_t longest = 40;
    std::string key;
    switch (rows.type(0)) {
        case sqlite::value_type::integer:
            key = std::to_string(rows.get<std::int64_t>(0));
            break;
        case sqlite::value_type::text:
            key = rows.get<std::string>(0).substr(0, longest);
            std::ranges::replace_if(key, [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');
            break;
        default:
            key = std::string(sqlite::to_string(rows.type(0)));
    }
    return fmt::format("{} {}", key_name<Row>, key);
}

/// Adds the current row of `rows`, the `n`th. Returns its fault, if it has one. Throws for a value
/// of another type.
template <class Row>
std::string take_row(sqlite::statement& rows, table_builder<Row>& table, std::uint64_t n) {
    Row row;
    int column = 0;
    try {
        weir::codec::for_each_field(
            row, [&]<class M>(std::string_view, M& member) { member = rows.get<M>(column++); });
    } catch (const sqlite::database_error& e) {
        // The error names the file, the table and the column.
        throw std::runtime_error(fmt::format("{} (row {}, {})", e.what(), n, key_shown<Row>(rows)));
    }
    return table.add(row);
}

}  // namespace

/// Ends a statement that takes too long, or after a stop request, even if the statement gives no
/// row. While it exists, the connection calls it regularly.
template <class Row>
class sqlite_table<Row>::read_limit {
public:
    read_limit(sqlite3* connection, const endpoint& from, const std::stop_token& stop)
        : connection_(connection), from_(from), stop_(stop) {
        constexpr int steps = 10'000;  // of SQLite's virtual machine: well below a millisecond
        const auto ask = [](void* self) { return static_cast<read_limit*>(self)->is_up() ? 1 : 0; };
        sqlite3_progress_handler(connection_, steps, ask, this);
    }
    read_limit(const read_limit&) = delete;
    read_limit& operator=(const read_limit&) = delete;
    ~read_limit() { sqlite3_progress_handler(connection_, 0, nullptr, nullptr); }

    /// Throws if the time limit or a stop request has ended the read; else returns.
    void check(std::uint64_t rows) const {
        if (stop_.stop_requested()) throw reading_stopped(from_.path);
        if (rows > from_.most_rows) {
            fail(fmt::format("has more than {0} rows (&max_rows={0})", from_.most_rows));
        }
        if (late_) {
            const std::chrono::nanoseconds limit(from_.within);
            fail(fmt::format("cannot be read within {} (&within)",
                             time_text(static_cast<double>(limit.count()))));
        }
    }

private:
    bool is_up() {
        late_ = std::chrono::steady_clock::now() - began_ > from_.within;
        return late_ || stop_.stop_requested();
    }
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error(fmt::format("{}: table {}: {}", from_.path, from_.table, why));
    }

    sqlite3* connection_;
    const endpoint& from_;
    const std::stop_token& stop_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    bool late_ = false;
};

/// The identity of the file. A connection stays with the file that it has opened.
template <class Row>
auto sqlite_table<Row>::look() const -> identity {
    struct stat status{};
    if (::stat(from_.path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino};
}

/// A number that changes with each commit of another connection.
template <class Row>
std::int64_t sqlite_table<Row>::version() {
    auto asked = database_->prepare("PRAGMA data_version", "see whether it has changed");
    asked.step();
    return asked.template get<std::int64_t>(0);
}

template <class Row>
std::shared_ptr<table_of<Row>> sqlite_table<Row>::read(const std::stop_token& stop) {
    const read_limit limit(database_->handle(), from_, stop);
    auto rows = database_->prepare(select_all<Row>(from_.table),
                                   "read " + sqlite::quote_identifier(from_.table));
    table_builder<Row> table(*strings_);
    const auto step = [&] {
        try {
            return rows.step();
        } catch (const sqlite::database_error& e) {
            if (e.primary_code() == SQLITE_INTERRUPT) limit.check(0);
            throw;
        }
    };
    for (std::uint64_t n = 1; step(); ++n) {
        limit.check(n);
        const std::string wrong = take_row(rows, table, n);
        if (wrong.empty()) continue;
        throw std::runtime_error(fmt::format("{}: table {}: row {} ({}): {}", from_.path,
                                             from_.table, n, key_shown<Row>(rows), wrong));
    }
    return table.take();
}

template <class Row>
void sqlite_table<Row>::open_again(const identity& there) {
    read_version_.reset();
    sqlite::database_options options;
    options.read_only = true;
    options.cache_kib = 2'000;  // each page is read once
    database_.reset();
    database_ = std::make_unique<sqlite::database>(from_.path, options);
    opened_ = there;
}

template <class Row>
std::shared_ptr<table_of<Row>> sqlite_table<Row>::read_if_changed(const std::stop_token& stop) {
    const pending_call here("reading", from_.path);
    require_regular_file(from_.path);
    const identity there = look();
    if (!database_ || there != opened_) open_again(there);
    // Before the read, so that the next check sees a change during the read.
    const std::int64_t now = version();
    if (now == read_version_) return nullptr;
    auto table = read(stop);
    read_version_ = now;
    return table;
}

template class sqlite_table<instrument>;
template class sqlite_table<account>;
template class sqlite_table<rate>;

}  // namespace weir_enrich
