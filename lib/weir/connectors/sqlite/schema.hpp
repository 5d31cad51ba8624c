/// \file
/// A table's description in the database's schema. Used to replace tables.
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
/// The indexes (`type` index) or triggers of a table that were created by SQL, in order of
/// creation.
std::vector<schema_entry> parts_of(database& db, const std::string& table, const char* type);
std::vector<schema_entry> virtual_tables(database& db);

/// The first difference in shape between the table `there` and `wanted`, in words that follow its
/// name ("lacks the column \"age\""); empty if there is none.
std::string difference(database& db, const schema_entry& there, const schema_entry& wanted);

/// The names of other tables whose foreign keys refer to `table`; with `with_rows`, only those that
/// have rows which refer to it.
std::vector<std::string> referring_tables(database& db, const std::string& table, bool with_rows);

/// Disables the enforcement of foreign keys while it exists, so that dropping a table deletes
/// nothing in other tables.
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
