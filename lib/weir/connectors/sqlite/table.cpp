#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/schema.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <algorithm>
#include <string_view>

namespace weir::sqlite {

namespace {

std::string_view type_name(column_type type, bool strict) {
    switch (type) {
        case column_type::integer:
            return " INTEGER";
        case column_type::real:
            return " REAL";
        case column_type::text:
            return " TEXT";
        case column_type::blob:
            return " BLOB";
        case column_type::any:
            break;
    }
    // ANY is a type in a STRICT table only; in others it would be read as NUMERIC.
    return strict ? " ANY" : "";
}

std::string key_columns(const std::vector<column>& columns) {
    std::string names;
    for (const column& c : columns) {
        if (!c.primary_key) continue;
        if (!names.empty()) names += ", ";
        names += quote_identifier(c.name);
    }
    return names;
}

}  // namespace

std::string table::create_sql() const {
    const auto keys = std::ranges::count_if(columns, &column::primary_key);
    std::string body;
    for (const column& c : columns) {
        if (!body.empty()) body += ", ";
        body += quote_identifier(c.name);
        body += type_name(c.type, strict);
        if (c.primary_key && keys == 1) body += " PRIMARY KEY";
        if (c.not_null) body += " NOT NULL";
        if (c.unique) body += " UNIQUE";
    }
    if (keys > 1) body += ", PRIMARY KEY (" + key_columns(columns) + ")";
    std::string sql = "CREATE TABLE " + quote_identifier(name) + " (" + body + ")";
    if (without_rowid) sql += " WITHOUT ROWID";
    if (strict) sql += without_rowid ? ", STRICT" : " STRICT";
    return sql;
}

std::string table::drop_sql() const {
    return "DROP TABLE IF EXISTS " + quote_identifier(name);
}

std::vector<std::string> table::column_names() const {
    std::vector<std::string> names;
    names.reserve(columns.size());
    for (const column& c : columns) names.push_back(c.name);
    return names;
}

void recreate(database& db, const table& description) {
    const auto referring = referring_tables(db, description.name, true);
    if (!referring.empty()) {
        throw database_error(SQLITE_CONSTRAINT_FOREIGNKEY, db.file(),
                             "drop table " + quote_identifier(description.name),
                             "rows of " + quote_identifier(referring.front()) +
                                 " refer to its rows, and would be deleted or refer to nothing");
    }
    db.exec(description.drop_sql(), "drop table " + quote_identifier(description.name));
    db.exec(description.create_sql(), "create table " + quote_identifier(description.name));
}

}  // namespace weir::sqlite
