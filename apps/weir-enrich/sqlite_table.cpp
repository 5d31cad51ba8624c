#include "sqlite_table.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <stdexcept>
#include <utility>

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
        Row row;
        int column = 0;
        weir::codec::for_each_field(row, [&]<class M>(std::string_view, M& member) {
            member = rows.template get<M>(column++);
        });
        const std::string wrong = table.add(row);
        if (wrong.empty()) continue;
        throw std::runtime_error(
            fmt::format("{}: table {}: row {}: {}", from_.path, from_.table, n, wrong));
    }
    return table.take();
}

template <class Row>
std::shared_ptr<table_of<Row>> sqlite_table<Row>::read_if_changed() {
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
