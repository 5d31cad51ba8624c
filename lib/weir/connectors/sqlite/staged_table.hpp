/// \file
/// A table that is filled out of sight and appears only when it is complete.
#pragma once

#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <string>

namespace weir::sqlite {

/// Replaces a table as a whole, so that a load that stops half-way (an error, a crash, a loss of
/// power) never leaves a half-filled table under the real name, and what was there stays.
///
///     sqlite::staged_table people(db, description);
///     sqlite::batch_writer<person> writer(db, people.name());
///     ... writer.finish();
///     people.publish();
///
/// Rows are committed to a table called `people (loading)`. `publish` drops the old `people` and
/// gives the new one its name, in one transaction. Without `publish` the destructor drops what was
/// loaded; after a crash it stays under its telling name, until the next load of the table.
/// While it loads, the file holds both tables.
/// The indexes and triggers of the old table go with it; views and foreign keys that name it then
/// mean the new one.
///
/// Threads: those of its database, destructor included. Throws `sqlite::error`; when `publish`
/// throws, the old table is still there, unless the error's outcome is unknown.
class staged_table {
public:
    /// Creates the table to be filled, empty; drops what an earlier load left of it.
    staged_table(database& db, table description);
    staged_table(const staged_table&) = delete;
    staged_table& operator=(const staged_table&) = delete;
    ~staged_table();

    /// Where the rows go until `publish`.
    const std::string& name() const noexcept { return staged_.name; }

    /// Puts the new table in the place of the old one. Once.
    /// Cost: that of dropping the old table.
    void publish();

private:
    database* db_;
    std::string final_name_;
    table staged_;
    bool published_ = false;
};

}  // namespace weir::sqlite
