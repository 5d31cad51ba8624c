/// \file
/// The description of a table, and the SQL that creates it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::sqlite {

class database;

/// The declared type of a column. SQLite converts stored values to it if that loses nothing; `any`
/// stores values unchanged.
enum class column_type : std::uint8_t { any, integer, real, text, blob };

struct column {
    std::string name;
    column_type type = column_type::any;
    /// Marked columns form the primary key, in their order.
    bool primary_key = false;
    bool not_null = false;
    bool unique = false;
};

/// A table: its name, its columns, how it is stored.
///
///     const sqlite::table people{"people", {{"id", sqlite::column_type::blob, true},
///                                           {"name", sqlite::column_type::text}}};
///     db.exec(people.create_sql());
///
/// Names are quoted, whatever they contain. An invalid name (empty, or with a NUL) throws
/// std::invalid_argument.
struct table {
    std::string name;
    std::vector<column> columns;
    /// Stores rows in the tree of the primary key: smaller, and faster if rows are looked up by
    /// that key. Needs a primary key.
    bool without_rowid = false;
    /// Refuses values of another type than declared. Every column must have a type; `any` accepts
    /// all values.
    bool strict = false;

    /// `CREATE TABLE "people" ("id" BLOB PRIMARY KEY, ...)`
    std::string create_sql() const;
    /// `DROP TABLE IF EXISTS "people"`
    std::string drop_sql() const;
    /// The names of the columns, for a `batch_writer`.
    std::vector<std::string> column_names() const;
};

/// Drops the table if it exists, with its indexes and triggers, and creates it again; usually
/// within a transaction. Throws SQLITE_CONSTRAINT_FOREIGNKEY, and drops nothing, if rows of other
/// tables refer to its rows, because SQLite would delete or change them. `staged_table` keeps more.
void recreate(database& db, const table& description);

}  // namespace weir::sqlite
