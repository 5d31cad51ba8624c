/// \file
/// What the schema of a database says of a table. For those that replace tables.
#pragma once

#include <weir/connectors/sqlite/database.hpp>

#include <optional>
#include <string>
#include <vector>

namespace weir::sqlite {

/// An entry of `sqlite_schema`.
struct schema_entry {
    std::string type;  ///< table, view, index, trigger
    std::string name;
    std::string sql;  ///< empty for an index that a constraint made

    bool is_virtual() const;
};

/// The table, view or index of this name.
std::optional<schema_entry> find_entry(database& db, const std::string& name);
/// The indexes (`type` index) or triggers of a table that SQL made, in the order of their making.
std::vector<schema_entry> parts_of(database& db, const std::string& table, const char* type);
std::vector<schema_entry> virtual_tables(database& db);

/// In which way `there`, a table, is of another shape than `wanted`: the first difference, in words
/// that go after its name ("lacks the column \"age\""); empty when it is of the same.
std::string difference(database& db, const schema_entry& there, const schema_entry& wanted);

/// The names of tables that have rows which refer to `table` by a foreign key, or could have: with
/// `with_rows`, only those that have. The table itself does not count.
std::vector<std::string> referring_tables(database& db, const std::string& table, bool with_rows);

/// Switches the enforcement of foreign keys off while it lives, so that to drop a table deletes
/// nothing in others.
class unenforced_references {
public:
    explicit unenforced_references(database& db);
    unenforced_references(const unenforced_references&) = delete;
    unenforced_references& operator=(const unenforced_references&) = delete;
    ~unenforced_references();

private:
    sqlite3* connection_;
    int before_ = 0;
};

}  // namespace weir::sqlite
