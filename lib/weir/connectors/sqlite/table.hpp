/// \file
/// What a table looks like, as SQL that creates it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::sqlite {

class database;

/// The declared type of a column. SQLite converts what is stored towards it where that loses
/// nothing; `any` stores values as they are.
enum class column_type : std::uint8_t { any, integer, real, text, blob };

struct column {
    std::string name;
    column_type type = column_type::any;
    /// Columns so marked make up the primary key, in their order.
    bool primary_key = false;
    bool not_null = false;
    bool unique = false;
};

/// A table: its name, its columns, how it is kept.
///
///     const sqlite::table people{"people", {{"id", sqlite::column_type::blob, true},
///                                           {"name", sqlite::column_type::text}}};
///     db.exec(people.create_sql());
///
/// Names are quoted, whatever they hold; what cannot be a name (empty, a NUL) throws
/// std::invalid_argument.
struct table {
    std::string name;
    std::vector<column> columns;
    /// Keeps rows in the primary key's own tree: smaller and faster where the key is what is looked
    /// up. Needs a primary key.
    bool without_rowid = false;
    /// Refuses values of another type than declared, and needs every column to have one but `any`.
    bool strict = false;

    /// `CREATE TABLE "people" ("id" BLOB PRIMARY KEY, ...)`
    std::string create_sql() const;
    /// `DROP TABLE IF EXISTS "people"`
    std::string drop_sql() const;
    /// The names of the columns, for a `batch_writer`.
    std::vector<std::string> column_names() const;
};

/// Drops the table if there is one, with its indexes and triggers, and creates it anew; within a
/// transaction, as a rule. Throws SQLITE_CONSTRAINT_FOREIGNKEY, and drops nothing, where rows of
/// other tables refer to its rows: SQLite would delete or change them. `staged_table` keeps more.
void recreate(database& db, const table& description);

}  // namespace weir::sqlite
