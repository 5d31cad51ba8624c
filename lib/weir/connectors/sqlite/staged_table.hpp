/// \file
/// Replaces a table as a whole.
#pragma once

#include <weir/connectors/sqlite/database.hpp>
#include <weir/connectors/sqlite/table.hpp>
#include <weir/connectors/sqlite/table_lock.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::sqlite {

/// What happens to rows of other tables that refer to the table (`REFERENCES people`) when it is
/// replaced. They are never deleted or changed, whatever their ON DELETE says.
enum class referring_rows : std::uint8_t {
    refused,  ///< If there are any, the table is not replaced.
    checked,  ///< The table is published only if each of them finds its row in the new table.
    kept,     ///< They stay, and may then refer to rows that no longer exist.
};

/// What may be replaced. By default, a replacement that would lose something is refused.
struct staging_options {
    sqlite::referring_rows references = referring_rows::refused;
    /// A table with other columns, types or constraints may be replaced.
    bool other_shape = false;
    /// A table that a full-text table (or another virtual one) depends on may be replaced. A
    /// full-text table that reads it (`content=`) is rebuilt; others are left unchanged.
    bool search_tables = false;
};

/// Thrown when a table cannot be replaced, or not without a loss.
class not_replaceable : public database_error {
public:
    enum class reason : std::uint8_t {
        other_kind,     ///< A view, a virtual table or an index has the name; no option allows it.
        staging_taken,  ///< The name of the loading table is used by something else.
        index,          ///< An index cannot be carried over.
        other_shape,
        references,
        search_tables,
    };

    not_replaceable(const database& db, const std::string& table, reason why,
                    const std::string& cause)
        : database_error(SQLITE_ERROR, db.file(), "replace " + quote_identifier(table), cause),
          why_(why) {}

    reason why() const noexcept { return why_; }

private:
    reason why_;
};

/// Replaces a table as a whole. A load that stops half-way (an error, a crash, a power failure)
/// never leaves a half-filled table under the real name, and the old table stays.
///
///     sqlite::staged_table people(db, description);
///     sqlite::batch_writer<person> writer(db, people.name());
///     ... const auto report = writer.finish();
///     people.publish(report.rows);
///
/// Rows are committed to a table called `people (loading)`. `publish` drops the old `people` and
/// gives the new one its name, in one transaction. Without `publish` the destructor drops the
/// loaded rows. After a crash they stay under that name until the next load of the table. During
/// the load the file holds both tables.
///
/// Other tables keep every row. Indexes and triggers of the old table are carried over. A unique
/// index already applies to the rows being loaded; `publish` creates the other indexes. Triggers do
/// not run for the rows being loaded. Views and foreign keys that name the table then refer to the
/// new one. A table with parts that cannot be carried over is refused before a row is loaded
/// (`staging_options`). `publish` checks this again, in case of changes meanwhile.
///
/// Only one at a time: from construction to destruction no other `staged_table`, in this process or
/// another, can be created for the same table of the same file (`table_lock`).
///
/// Threads: those of its database, destructor included. Throws `sqlite::database_error`; when
/// `publish` throws, the old table is still there, unless the error's outcome is unknown.
class staged_table {
public:
    /// Takes the table's lock, checks the existing table, and creates the table to be filled,
    /// empty. Drops the remains of an earlier load. Throws `not_replaceable`.
    staged_table(database& db, table description, const staging_options& options = {});
    staged_table(const staged_table&) = delete;
    staged_table& operator=(const staged_table&) = delete;
    ~staged_table();

    /// The name of the table for the rows until `publish`.
    const std::string& name() const noexcept { return staged_.name; }

    /// Whether `publish` will replace an existing table that has rows.
    bool replaces_rows() const;

    /// Replaces the old table by the new one, once. With `rows`, only if the new table has exactly
    /// that many, because another program may have written to it. `along` runs in the same
    /// transaction when the new table is in place. Cost: that of dropping the old table, creating
    /// its indexes, and counting.
    void publish(std::optional<std::uint64_t> rows = std::nullopt,
                 const std::function<void(database&)>& along = nullptr);

private:
    struct part {
        std::string name;
        std::string sql;
    };
    struct old_table {
        bool there = false;
        std::vector<part> indexes;
        std::vector<part> triggers;
        std::vector<std::string> search_tables;  // to be rebuilt
    };

    void make_staged();
    old_table examine() const;
    void check_kind(old_table& old) const;
    void check_shape() const;
    void check_references() const;
    void check_search(old_table& old) const;
    void stage_index(const part& index);
    void check_count(std::uint64_t rows);
    void put_in_place(const old_table& old);
    void check_dangling();
    [[noreturn]] void refuse(not_replaceable::reason why, const std::string& cause) const;

    database* db_;
    std::string final_name_;
    table staged_;
    staging_options options_;
    table_lock lock_;
    std::vector<std::string> staged_indexes_;
    bool published_ = false;
};

}  // namespace weir::sqlite
