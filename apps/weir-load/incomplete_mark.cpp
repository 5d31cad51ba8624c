#include "incomplete_mark.hpp"

#include <weir/connectors/sqlite/table.hpp>

namespace weir_load {

namespace {

namespace sqlite = weir::sqlite;

sqlite::table description() {
    using enum sqlite::column_type;
    return {incomplete_mark::table,
            {{"input", text}, {"next_line", integer}, {"next_byte", integer}}};
}

std::string quoted_name() {
    return sqlite::quote_identifier(incomplete_mark::table);
}

}  // namespace

void put_mark(sqlite::database& db, const incomplete_mark& mark) {
    sqlite::recreate(db, description());
    auto insert = db.prepare("INSERT INTO " + quoted_name() + " VALUES (?, ?, ?)");
    insert.bind_all(mark.input, mark.next.line, mark.next.offset);
    insert.run();
}

void remove_mark(sqlite::database& db) {
    if (has_table(db, incomplete_mark::table)) db.exec(description().drop_sql());
}

std::optional<incomplete_mark> find_mark(sqlite::database& db) {
    if (!has_table(db, incomplete_mark::table)) return std::nullopt;
    auto select = db.prepare("SELECT input, next_line, next_byte FROM " + quoted_name());
    if (!select.step()) return std::nullopt;
    return incomplete_mark{select.get<std::string>(0),
                           {select.get<std::uint64_t>(1), select.get<std::uint64_t>(2)}};
}

bool has_table(sqlite::database& db, std::string_view name) {
    auto select = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE");
    select.bind(1, name);
    return select.step();
}

}  // namespace weir_load
