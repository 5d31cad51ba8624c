#include <weir/connectors/sqlite/staged_table.hpp>

#include <utility>

namespace weir::sqlite {

namespace {

/// While it lives, renaming a table leaves alone what else the schema says. Otherwise a view on the
/// table that is just being replaced would forbid it.
class plain_renaming {
public:
    explicit plain_renaming(database& db) : connection_(db.handle()) { set(1); }
    plain_renaming(const plain_renaming&) = delete;
    plain_renaming& operator=(const plain_renaming&) = delete;
    ~plain_renaming() { set(0); }

private:
    void set(int on) const noexcept {
        sqlite3_db_config(connection_, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, on, nullptr);
    }
    sqlite3* connection_;
};

}  // namespace

staged_table::staged_table(database& db, table description)
    : db_(&db), final_name_(description.name), staged_(std::move(description)) {
    staged_.name += " (loading)";
    transaction both(db);
    recreate(db, staged_);
    both.commit();
}

staged_table::~staged_table() {
    if (published_) return;
    try {
        db_->exec(staged_.drop_sql());
    } catch (const error&) {  // NOLINT(bugprone-empty-catch): a destructor has nobody to tell
        // Its name says what it is, and the next load drops it.
    }
}

void staged_table::publish() {
    const std::string quoted = quote_identifier(final_name_);
    const plain_renaming on(*db_);
    transaction swap(*db_);
    db_->exec("DROP TABLE IF EXISTS " + quoted, "drop table " + quoted);
    db_->exec("ALTER TABLE " + quote_identifier(staged_.name) + " RENAME TO " + quoted,
              "publish " + quoted);
    swap.commit();
    published_ = true;
}

}  // namespace weir::sqlite
