#include "sqlite_output.hpp"

#include <weir/codec/fields.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <fmt/format.h>
#include <weir-enrich/endpoints/regular_file.hpp>

#include <concepts>
#include <stdexcept>
#include <string_view>

namespace weir_enrich {

namespace sqlite = weir::sqlite;

namespace {

/// Refuses a pipe, because SQLite would wait for its other end.
std::string regular_file(std::string path) {
    require_regular_file(path);
    return path;
}

template <class M>
constexpr sqlite::column_type type_of(const M&) {
    if constexpr (weir::codec::integer<M>) return sqlite::column_type::integer;
    if constexpr (std::floating_point<M>) return sqlite::column_type::real;
    return sqlite::column_type::text;
}

sqlite::table described(const std::string& name) {
    sqlite::table t;
    t.name = name;
    const enriched_trade fields;
    weir::codec::for_each_field(fields, [&t](std::string_view field, const auto& member) {
        t.columns.push_back({.name = std::string(field), .type = type_of(member)});
    });
    return t;
}

void create_if_absent(sqlite::database& db, const sqlite::table& t) {
    sqlite::transaction creation(db);
    auto found = db.prepare(
        "SELECT 1 FROM sqlite_schema "
        "WHERE type = 'table' AND name = ? COLLATE NOCASE",
        "look for table " + sqlite::quote_identifier(t.name));
    found.bind(1, t.name);
    if (!found.step()) db.exec(t.create_sql(), "create table " + sqlite::quote_identifier(t.name));
    found.reset();
    creation.commit();
}

/// Fails if an existing table lacks a column.
void check_columns(sqlite::database& db, const sqlite::table& t) {
    std::string names;
    for (const sqlite::column& c : t.columns) {
        names += (names.empty() ? "" : ", ") + sqlite::quote_identifier(c.name);
    }
    const std::string name = sqlite::quote_identifier(t.name);
    db.prepare("SELECT " + names + " FROM " + name, "insert into " + name);
}

}  // namespace

std::vector<stored_trade> to_store(const trade_chunk& chunk) {
    std::vector<stored_trade> all;
    all.reserve(chunk.trades.size());
    for (const enriched_trade& t : chunk.trades) all.push_back({t, chunk.strings});
    return all;
}

void bind_row(sqlite::row_binder& row, const stored_trade& t) {
    weir::codec::for_each_field(t.what, [&row]<class M>(std::string_view, const M& member) {
        if constexpr (weir::codec::named_enum<M>) {
            row(weir::codec::to_text(member));
        } else {
            row(member);
        }
    });
}

sqlite_output::sqlite_output(const endpoint& to)
    : database_(regular_file(to.path)), table_(to.table) {
    const sqlite::table t = described(table_);
    create_if_absent(database_, t);
    check_columns(database_, t);
    columns_ = t.column_names();
}

sqlite::batch_writer_options<stored_trade> sqlite_output::options(counter& written) const {
    sqlite::batch_writer_options<stored_trade> o;
    o.rows_per_commit = 1;
    o.on_reject = [name = database_.file()](const sqlite::reject<stored_trade>& refused) {
        throw std::runtime_error(fmt::format("{}: cannot insert trade {}: {}", name,
                                             refused.row.what.trade_id,
                                             std::string(refused.cause.message())));
    };
    o.after_commit = [&written](const sqlite::load_report& r) {
        written.add(r.rows - written.value());
    };
    return o;
}

}  // namespace weir_enrich
