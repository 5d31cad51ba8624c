#include <weir/connectors/sqlite/schema.hpp>
#include <weir/connectors/sqlite/sql_words.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace weir::sqlite {

namespace {

constexpr const char* reading_schema = "read the schema";

schema_entry entry_of(const statement& row) {
    return {row.get<std::string>(0), row.get<std::string>(1),
            row.get<std::optional<std::string>>(2).value_or("")};
}

std::vector<schema_entry> entries(statement select) {
    std::vector<schema_entry> found;
    while (select.step()) found.push_back(entry_of(select));
    return found;
}

struct column_facts {
    std::string name;
    std::string declared;  // type and constraints, for comparison and messages
};

std::vector<column_facts> columns_of(database& db, const std::string& table) {
    auto select = db.prepare(
        "SELECT name, upper(type) || iif(\"notnull\", ' NOT NULL', '') || "
        "iif(dflt_value IS NULL, '', ' DEFAULT ' || dflt_value) || "
        "iif(pk, ' PRIMARY KEY ' || pk, '') || iif(hidden, ' GENERATED', '') "
        "FROM pragma_table_xinfo(?) ORDER BY cid",
        reading_schema);
    select.bind(1, table);
    std::vector<column_facts> columns;
    while (select.step()) {
        columns.push_back({select.get<std::string>(0), select.get<std::string>(1)});
    }
    return columns;
}

/// The keys defined by the table's own SQL: UNIQUE and PRIMARY KEY.
std::vector<std::string> keys_of(database& db, const std::string& table) {
    auto select = db.prepare(
        "SELECT l.origin || group_concat(' ' || lower(coalesce(i.name, '')) || ' ' || i.\"desc\" "
        "|| "
        "' ' || upper(i.coll), ',') FROM pragma_index_list(?) l, pragma_index_xinfo(l.name) i "
        "WHERE l.origin <> 'c' AND i.key GROUP BY l.name",
        reading_schema);
    select.bind(1, table);
    std::vector<std::string> keys;
    while (select.step()) keys.push_back(select.get<std::string>(0));
    std::ranges::sort(keys);
    return keys;
}

bool has_references(database& db, const std::string& table) {
    auto select = db.prepare("SELECT 1 FROM pragma_foreign_key_list(?)", reading_schema);
    select.bind(1, table);
    const bool any = select.step();
    return any;
}

/// The number of occurrences, in a table's SQL, of each keyword that no pragma reports.
std::vector<std::pair<std::string, long>> rules_of(const schema_entry& table) {
    const auto words = sql_words(table.sql);
    std::vector<std::pair<std::string, long>> rules;
    for (const char* keyword :
         {"CHECK", "COLLATE", "AUTOINCREMENT", "CONFLICT", "WITHOUT", "STRICT"}) {
        rules.emplace_back(keyword, std::ranges::count_if(
                                        words, [&](const sql_word& w) { return w.is(keyword); }));
    }
    return rules;
}

std::string listed(const std::vector<column_facts>& columns) {
    std::string names;
    for (const auto& c : columns) names += (names.empty() ? "" : ", ") + c.name;
    return names;
}

std::string name_difference(const std::vector<column_facts>& there,
                            const std::vector<column_facts>& wanted) {
    const auto same = [](const column_facts& a, const column_facts& b) {
        return same_name(a.name, b.name);
    };
    if (std::ranges::equal(there, wanted, same)) return {};
    return "has the columns " + listed(there) + ", and not " + listed(wanted);
}

std::string rule_difference(const schema_entry& there, const schema_entry& wanted) {
    const auto rules = rules_of(there);
    const auto wanted_rules = rules_of(wanted);
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto& [word, count] = rules[i];
        if (count == wanted_rules[i].second) continue;
        return (count > wanted_rules[i].second ? "is declared with " : "is declared without ") +
               (word == "WITHOUT" ? "WITHOUT ROWID" : word);
    }
    return {};
}

std::string declared_difference(const std::vector<column_facts>& there,
                                const std::vector<column_facts>& wanted) {
    const auto shown = [](const std::string& d) { return d.empty() ? "nothing" : d; };
    for (std::size_t i = 0; i < there.size(); ++i) {
        if (there[i].declared == wanted[i].declared) continue;
        return "declares its column " + quote_identifier(there[i].name) + " as " +
               shown(there[i].declared) + ", and not as " + shown(wanted[i].declared);
    }
    return {};
}

bool has_referring_row(database& db, const std::string& table,
                       const std::vector<std::string>& columns) {
    std::string sql = "SELECT 1 FROM " + quote_identifier(table);
    for (const auto& c : columns) {
        sql += (&c == columns.data() ? " WHERE " : " AND ") + quote_identifier(c) + " IS NOT NULL";
    }
    return db.prepare(sql + " LIMIT 1", reading_schema).step();
}

}  // namespace

bool schema_entry::is_virtual() const {
    const auto words = sql_words(sql);
    return words.size() > 1 && words[1].is("VIRTUAL");
}

std::optional<schema_entry> find_entry(database& db, const std::string& name) {
    auto select = db.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type <> "
        "'trigger'",
        reading_schema);
    select.bind(1, name);
    if (!select.step()) return std::nullopt;
    return entry_of(select);
}

std::vector<schema_entry> parts_of(database& db, const std::string& table, const char* type) {
    auto select = db.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? COLLATE NOCASE AND type = ? "
        "AND sql IS NOT NULL ORDER BY rowid",
        reading_schema);
    select.bind_all(table, type);
    return entries(std::move(select));
}

std::vector<schema_entry> virtual_tables(database& db) {
    auto all = entries(db.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%virtual%'",
        reading_schema));
    std::erase_if(all, [](const schema_entry& e) { return !e.is_virtual(); });
    return all;
}

std::string difference(database& db, const schema_entry& there, const schema_entry& wanted) {
    const auto columns = columns_of(db, there.name);
    const auto wanted_columns = columns_of(db, wanted.name);
    std::string first = name_difference(columns, wanted_columns);
    if (first.empty()) first = rule_difference(there, wanted);
    if (first.empty()) first = declared_difference(columns, wanted_columns);
    if (!first.empty()) return first;
    if (keys_of(db, there.name) != keys_of(db, wanted.name)) {
        return "has other keys (PRIMARY KEY, UNIQUE)";
    }
    if (has_references(db, there.name) != has_references(db, wanted.name)) {
        return "has foreign keys of its own";
    }
    return {};
}

std::vector<std::string> referring_tables(database& db, const std::string& table, bool with_rows) {
    auto select = db.prepare(
        "SELECT m.name, f.id, f.\"from\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f "
        "WHERE m.type = 'table' AND m.sql NOT LIKE 'create virtual%' AND "
        "f.\"table\" = ?1 COLLATE NOCASE AND m.name <> ?1 COLLATE NOCASE "
        "ORDER BY m.name, f.id, f.seq",
        reading_schema);
    select.bind(1, table);
    struct key {
        std::string table;
        int id;
        std::vector<std::string> columns;
    };
    std::vector<key> keys;
    while (select.step()) {
        auto name = select.get<std::string>(0);
        const int id = select.get<int>(1);
        if (keys.empty() || keys.back().table != name || keys.back().id != id) {
            keys.push_back({std::move(name), id, {}});
        }
        keys.back().columns.push_back(select.get<std::string>(2));
    }
    std::vector<std::string> found;
    for (const key& k : keys) {
        if (!found.empty() && found.back() == k.table) continue;
        if (!with_rows || has_referring_row(db, k.table, k.columns)) found.push_back(k.table);
    }
    return found;
}

unenforced_references::unenforced_references(database& db) : connection_(db.handle()) {
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &before_);
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_ENABLE_FKEY, 0, nullptr);
}

unenforced_references::~unenforced_references() {
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_ENABLE_FKEY, before_, nullptr);
}

}  // namespace weir::sqlite
