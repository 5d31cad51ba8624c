#include "sqlite_table.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string>
#include <utility>

#include "regular_file.hpp"
#include "table_builder.hpp"

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

/// What the row that `rows` stands at is found by, whatever type it has there: "user_id 7".
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

/// Adds the row that `rows` stands at, the `n`th. Says what is wrong with it, or nothing. Throws
/// for a value of another type.
template <class Row>
std::string take_row(sqlite::statement& rows, table_builder<Row>& table, std::uint64_t n) {
    Row row;
    int column = 0;
    try {
        weir::codec::for_each_field(
            row, [&]<class M>(std::string_view, M& member) { member = rows.get<M>(column++); });
    } catch (const sqlite::error& e) {
        // It names the file, the table and the column.
        throw std::runtime_error(fmt::format("{} (row {}, {})", e.what(), n, key_shown<Row>(rows)));
    }
    return table.add(row);
}

}  // namespace

/// Which file stands there now: a connection stays with the one that it has opened.
template <class Row>
auto sqlite_table<Row>::look() const -> identity {
    struct stat status{};
    if (::stat(from_.path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino};
}

/// A number that is another one after each commit of another connection.
template <class Row>
std::int64_t sqlite_table<Row>::version() {
    auto asked = database_->prepare("PRAGMA data_version", "see whether it has changed");
    asked.step();
    return asked.template get<std::int64_t>(0);
}

template <class Row>
std::shared_ptr<table_of<Row>> sqlite_table<Row>::read() {
    auto rows = database_->prepare(select_all<Row>(from_.table),
                                   "read " + sqlite::quote_identifier(from_.table));
    table_builder<Row> table(*texts_);
    for (std::uint64_t n = 1; rows.step(); ++n) {
        const std::string wrong = take_row(rows, table, n);
        if (wrong.empty()) continue;
        throw std::runtime_error(fmt::format("{}: table {}: row {} ({}): {}", from_.path,
                                             from_.table, n, key_shown<Row>(rows), wrong));
    }
    return table.take();
}

template <class Row>
std::shared_ptr<table_of<Row>> sqlite_table<Row>::read_if_changed() {
    require_regular_file(from_.path);
    const identity there = look();
    if (!database_ || there != opened_) {
        read_version_.reset();
        sqlite::database_options options;
        options.read_only = true;
        options.cache_kib = 2'000;  // what is read once need not stay
        database_.reset();
        database_ = std::make_unique<sqlite::database>(from_.path, options);
        opened_ = there;
    }
    // Before it is read: a change meanwhile is seen the next time.
    const std::int64_t now = version();
    if (now == read_version_) return nullptr;
    auto table = read();
    read_version_ = now;
    return table;
}

template class sqlite_table<instrument>;
template class sqlite_table<account>;
template class sqlite_table<rate>;

}  // namespace weir_enrich
