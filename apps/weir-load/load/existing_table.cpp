#include "existing_table.hpp"

#include <weir/connectors/sqlite/schema.hpp>
#include <weir/connectors/sqlite/sql_words.hpp>

#include <fmt/format.h>
#include <shared/exit_code.hpp>

#include <algorithm>
#include <stdexcept>

namespace weir_load::table_load {

namespace {

namespace sqlite = weir::sqlite;

const std::string& plan_name(const column_plan& plan, const char* option, const std::string& name) {
    std::vector<std::string> names;
    for (const target_column& target : plan.targets) {
        if (sqlite::same_name(target.name, name)) return target.name;
        names.push_back(target.name);
    }
    throw weir_apps::usage_error(
        fmt::format("{} {}: no such column is loaded; there are {}", option, name, listed(names)));
}

/// A table that is there says what its columns hold. With --date-format, what is written as a date
/// is still read as one: it is text in the table.
void take_declared_type(target_column& target, const std::vector<existing_column>& there,
                        bool reads_dates) {
    const auto found = std::ranges::find_if(there, [&target](const existing_column& c) {
        return sqlite::same_name(c.name, target.name);
    });
    if (found == there.end()) return;
    const auto declared_type = type_of_declaration(found->declaration);
    const bool is_date =
        target.rules.type == column_type::date || target.rules.type == column_type::timestamp;
    if (!declared_type || (*declared_type == column_type::text && is_date && reads_dates)) return;
    target.rules.type = *declared_type;
    target.why = fmt::format("the table says {}", found->declaration);
}

std::string quoted_names(const column_plan& plan, const char* option,
                         const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text +=
            (text.empty() ? "" : ", ") + sqlite::quote_identifier(plan_name(plan, option, name));
    }
    return text;
}

}  // namespace

std::optional<std::vector<existing_column>> find_table(sqlite::database& db, const options& o) {
    const auto entry = sqlite::find_entry(db, o.table);
    if (!entry) return std::nullopt;
    if (entry->type != "table" || entry->is_virtual()) {
        throw std::runtime_error(fmt::format("{}: {} is a{} {} and cannot be loaded into",
                                             o.database.string(), o.table,
                                             entry->type == "index" ? "n" : "",
                                             entry->is_virtual() ? "virtual table" : entry->type));
    }
    std::vector<existing_column> columns;
    auto select = db.prepare("PRAGMA table_xinfo(" + sqlite::quote_identifier(entry->name) + ")",
                             "look at the table");
    while (select.step()) {
        if (select.get<int>(6) != 0) continue;  // generated, or hidden
        existing_column column;
        column.name = select.get<std::string>(1);
        column.declaration = select.get<std::string>(2);
        column.needed = select.get<int>(3) != 0 && select.type(4) == sqlite::value_type::null;
        columns.push_back(std::move(column));
    }
    return columns;
}

void set_types(column_plan& plan, const std::vector<type_evidence>& evidence, const options& o) {
    const date_format* const dates = plan.dates ? &*plan.dates : nullptr;
    for (std::size_t i = 0; i != plan.targets.size(); ++i) {
        target_column& target = plan.targets[i];
        const bool told = target.rules.told;
        if (!told) {
            const bool looked = o.infer_records != 0;
            target.rules.type = looked ? evidence[i].type(dates) : column_type::text;
            target.why = looked ? evidence[i].why(dates) : "--infer none";
        }
        const bool dated =
            target.rules.type == column_type::date || target.rules.type == column_type::timestamp;
        if (dated) target.rules.dates = dates;
    }
}

void fit_table(column_plan& plan, const std::vector<existing_column>& there, const options& o) {
    const auto in_table = [&there](const std::string& name) {
        return std::ranges::find_if(
            there, [&name](const existing_column& c) { return sqlite::same_name(c.name, name); });
    };
    std::vector<std::string> extra;
    for (target_column& target : plan.targets) {
        const auto found = in_table(target.name);
        if (found == there.end()) {
            extra.push_back(target.name);
        } else {
            target.name = found->name;
        }
    }
    // Without names, columns go by their place.
    if (!plan.named && o.columns.empty() && extra.size() == there.size()) {
        for (std::size_t i = 0; i != there.size(); ++i) plan.targets[i].name = there[i].name;
        extra.clear();
    }
    if (!extra.empty() && !o.extra_columns_ignored) {
        std::vector<std::string> names;
        names.reserve(there.size());
        for (const existing_column& column : there) names.push_back(column.name);
        throw std::runtime_error(fmt::format(
            "the table {} lacks columns of the input: {}; it has {} (--rename, --select, or "
            "--extra-columns ignore, which leaves them out)",
            o.table, listed(extra), listed(names)));
    }
    std::erase_if(plan.targets, [&](const target_column& target) {
        return in_table(target.name) == there.end();
    });
    if (plan.targets.empty()) {
        throw std::runtime_error(
            fmt::format("the table {} has none of the columns of the input", o.table));
    }
    std::vector<std::string> missing;
    for (const existing_column& column : there) {
        const bool filled = std::ranges::any_of(
            plan.targets, [&column](const target_column& t) { return t.name == column.name; });
        if (!filled && column.needed) missing.push_back(column.name);
    }
    if (!missing.empty()) {
        throw std::runtime_error(
            fmt::format("the input lacks columns that the table {} needs (NOT NULL): {}", o.table,
                        listed(missing)));
    }
    for (target_column& target : plan.targets) {
        if (!target.rules.told) take_declared_type(target, there, plan.dates.has_value());
    }
}

sqlite::table describe(const column_plan& plan, const options& o) {
    sqlite::table made;
    made.name = o.table;
    made.strict = o.strict;
    const auto& key = o.primary_key.empty() ? o.key : o.primary_key;
    std::vector<std::string> names;
    names.reserve(key.size());
    for (const std::string& name : key) {
        names.push_back(plan_name(plan, o.primary_key.empty() ? "--key" : "--primary-key", name));
    }
    for (const target_column& target : plan.targets) {
        sqlite::column column;
        column.name = target.name;
        column.type = declared(target.rules.type);
        column.primary_key = std::ranges::find(names, target.name) != names.end();
        // An INTEGER PRIMARY KEY is never NULL; any other may be, for SQLite.
        column.not_null =
            column.primary_key && (names.size() > 1 || column.type != sqlite::column_type::integer);
        made.columns.push_back(std::move(column));
    }
    return made;
}

std::vector<std::string> index_sql(const column_plan& plan, const options& o) {
    std::vector<std::string> all;
    for (const auto& columns : o.indexes) {
        std::string name = o.table;
        for (const std::string& column : columns) name += "_" + plan_name(plan, "--index", column);
        all.push_back(fmt::format("CREATE INDEX IF NOT EXISTS {} ON {} ({})",
                                  sqlite::quote_identifier(name), sqlite::quote_identifier(o.table),
                                  quoted_names(plan, "--index", columns)));
    }
    return all;
}

std::string conflict_clause(const column_plan& plan, const options& o) {
    if (o.mode == write_mode::ignore) {
        return o.key.empty()
                   ? "ON CONFLICT DO NOTHING"
                   : "ON CONFLICT (" + quoted_names(plan, "--key", o.key) + ") DO NOTHING";
    }
    if (o.mode != write_mode::upsert) return {};
    std::string sets;
    for (const target_column& target : plan.targets) {
        if (find_name(o.key, target.name)) continue;
        const std::string name = sqlite::quote_identifier(target.name);
        if (!sets.empty()) sets += ", ";
        sets.append(name).append(" = excluded.").append(name);
    }
    std::string clause = "ON CONFLICT (" + quoted_names(plan, "--key", o.key) + ") DO ";
    return clause += sets.empty() ? "NOTHING" : "UPDATE SET " + sets;
}

}  // namespace weir_load::table_load
