#include <weir/connectors/sqlite/schema.hpp>
#include <weir/connectors/sqlite/sql_words.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace weir::sqlite {

namespace {

/// While it exists, renaming a table does not change other parts of the schema. Otherwise a view on
/// the table that is being replaced would forbid the renaming.
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

/// While it exists, waits for locks are short: a failed load should end.
class brief_waits {
public:
    explicit brief_waits(database& db) : waits_(&db.waits()), before_(waits_->limit()) {
        waits_->set_limit(std::min<std::chrono::milliseconds>(before_, brief));
    }
    brief_waits(const brief_waits&) = delete;
    brief_waits& operator=(const brief_waits&) = delete;
    ~brief_waits() { waits_->set_limit(before_); }

private:
    static constexpr std::chrono::milliseconds brief{200};

    detail::lock_wait* waits_;
    std::chrono::milliseconds before_;
};

/// Checks that the file still exists: the program that created it may have removed it during a
/// wait.
void check_in_place(database& db, const std::string& doing) {
    int moved = 0;
    const int code = sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (code != SQLITE_OK || moved == 0) return;
    throw database_error(SQLITE_READONLY_DBMOVED, db.file(), doing,
                         "the file was removed or replaced while it was open");
}

/// Whether a virtual table reads `table`: `USING fts5(name, content='people')`.
bool reads(const schema_entry& search, std::string_view table) {
    const auto words = sql_words(search.sql);
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i - 1].is("=") && words[i - 2].is("content") &&
            same_name(words[i].value, table)) {
            return true;
        }
    }
    return false;
}

bool mentions(const std::string& sql, std::string_view name) {
    return std::ranges::any_of(sql_words(sql),
                               [name](const sql_word& w) { return same_name(w.value, name); });
}

bool is_unique(const std::string& index_sql) {
    const auto words = sql_words(index_sql);
    return words.size() > 1 && words[1].is("UNIQUE");
}

/// The terms of an index, after the table's name: `(email) WHERE email <> ''`.
std::string_view index_terms(const std::string& index_sql) {
    const auto words = sql_words(index_sql);
    const auto open = std::ranges::find_if(words, [](const sql_word& w) { return w.is("("); });
    if (open == words.end()) return {};
    return std::string_view(index_sql).substr(
        static_cast<std::size_t>(open->text.data() - index_sql.data()));
}

std::string staged_name_of(const std::string& name) {
    return name + " (loading)";
}

}  // namespace

staged_table::staged_table(database& db, table description, const staging_options& options)
    : db_(&db),
      final_name_(description.name),
      staged_(std::move(description)),
      options_(options),
      lock_(db, final_name_) {
    staged_.name = staged_name_of(final_name_);
    check_in_place(db, "load " + quote_identifier(final_name_));
    transaction both(db);
    make_staged();
    for (const part& index : examine().indexes) stage_index(index);
    both.commit();
}

staged_table::~staged_table() {
    if (published_) return;
    try {
        const brief_waits soon(*db_);
        db_->exec(staged_.drop_sql());
    } catch (const database_error&) {  // NOLINT(bugprone-empty-catch): a destructor cannot tell
        // Its name says what it is, and the next load drops it.
    }
}

bool staged_table::replaces_rows() const {
    const auto there = find_entry(*db_, final_name_);
    return there && there->type == "table" &&
           db_->prepare("SELECT 1 FROM " + quote_identifier(final_name_) + " LIMIT 1").step();
}

void staged_table::refuse(not_replaceable::reason why, const std::string& cause) const {
    throw not_replaceable(*db_, final_name_, why, cause);
}

void staged_table::make_staged() {
    using enum not_replaceable::reason;
    if (const auto left = find_entry(*db_, staged_.name)) {
        // What a load that was killed has left, and nothing else: another table of that name is
        // not ours to drop.
        const std::string name = quote_identifier(left->name);
        if (left->type != "table" || left->is_virtual() ||
            !parts_of(*db_, left->name, "trigger").empty() ||
            db_->prepare("SELECT * FROM " + name).columns() !=
                static_cast<int>(staged_.columns.size())) {
            refuse(staging_taken, "a " + left->type + " " + name +
                                      " is there that is not what a load leaves behind: drop or "
                                      "rename it");
        }
        db_->exec(staged_.drop_sql(), "drop " + name);
    }
    db_->exec(staged_.create_sql(), "create table " + quote_identifier(staged_.name));
}

staged_table::old_table staged_table::examine() const {
    old_table old;
    check_kind(old);
    if (!old.there) return old;
    if (!options_.other_shape) check_shape();
    check_references();
    for (auto& e : parts_of(*db_, final_name_, "index")) old.indexes.push_back({e.name, e.sql});
    for (auto& e : parts_of(*db_, final_name_, "trigger")) old.triggers.push_back({e.name, e.sql});
    check_search(old);
    return old;
}

void staged_table::check_kind(old_table& old) const {
    const auto there = find_entry(*db_, final_name_);
    old.there = there.has_value();
    if (!there) return;
    if (there->type != "table") {
        refuse(not_replaceable::reason::other_kind,
               "it is a" + std::string(there->type == "index" ? "n " : " ") + there->type);
    }
    if (there->is_virtual()) {
        refuse(not_replaceable::reason::other_kind, "it is a virtual table");
    }
}

void staged_table::check_shape() const {
    const auto there = find_entry(*db_, final_name_);
    const auto wanted = find_entry(*db_, staged_.name);
    const std::string other = difference(*db_, there.value(), wanted.value());
    if (!other.empty()) {
        refuse(not_replaceable::reason::other_shape,
               "the table that is there is of another shape: it " + other);
    }
}

void staged_table::check_references() const {
    if (options_.references != referring_rows::refused) return;
    const auto tables = referring_tables(*db_, final_name_, true);
    if (tables.empty()) return;
    std::string names;
    for (const auto& t : tables) names += (names.empty() ? "" : ", ") + quote_identifier(t);
    refuse(not_replaceable::reason::references,
           "rows of " + names + " refer to its rows, which would be gone");
}

void staged_table::check_search(old_table& old) const {
    for (const auto& search : virtual_tables(*db_)) {
        const bool reads_it = reads(search, final_name_);
        const bool fed = std::ranges::any_of(
            old.triggers, [&](const part& t) { return mentions(t.sql, search.name); });
        if (!reads_it && !fed) continue;
        if (!options_.search_tables) {
            refuse(not_replaceable::reason::search_tables,
                   quote_identifier(search.name) +
                       " is kept in step with its rows, and would not know the new ones");
        }
        if (reads_it) old.search_tables.push_back(search.name);
    }
}

/// Creates the index on the empty table. A unique index stays, so rows that it forbids are rejected
/// when they come. For another index it only checks that `publish` can create it.
void staged_table::stage_index(const part& index) {
    const std::string name = staged_name_of(index.name);
    const std::string quoted = quote_identifier(name);
    const bool unique = is_unique(index.sql);
    try {
        db_->exec(std::string("CREATE ") + (unique ? "UNIQUE " : "") + "INDEX " + quoted + " ON " +
                  quote_identifier(staged_.name) + " " + std::string(index_terms(index.sql)));
    } catch (const database_error& e) {
        const std::string cause = sqlite3_errmsg(db_->handle());
        if (e.primary_code() != SQLITE_ERROR) throw;
        refuse(not_replaceable::reason::index,
               "its index " + quote_identifier(index.name) + " cannot be carried over: " + cause);
    }
    if (unique) {
        staged_indexes_.push_back(name);
    } else {
        db_->exec("DROP INDEX " + quoted);
    }
}

void staged_table::publish(std::optional<std::uint64_t> rows,
                           const std::function<void(database&)>& along) {
    const std::string quoted = quote_identifier(final_name_);
    const unenforced_references nothing_else(*db_);
    const plain_renaming on(*db_);
    transaction both(*db_);
    check_in_place(*db_, "publish " + quoted);
    if (rows) check_count(*rows);
    put_in_place(examine());
    if (options_.references == referring_rows::checked) check_dangling();
    if (along) along(*db_);
    both.commit();
    published_ = true;
}

void staged_table::check_count(std::uint64_t rows) {
    const auto found = static_cast<std::uint64_t>(db_->row_count(staged_.name));
    if (found == rows) return;
    throw database_error(SQLITE_ABORT, db_->file(), "publish " + quote_identifier(final_name_),
                         quote_identifier(staged_.name) + " has " + std::to_string(found) +
                             " rows, and " + std::to_string(rows) +
                             " were loaded: another program has written to it");
}

void staged_table::put_in_place(const old_table& old) {
    const std::string quoted = quote_identifier(final_name_);
    for (const auto& index : staged_indexes_) {
        db_->exec("DROP INDEX IF EXISTS " + quote_identifier(index), "publish " + quoted);
    }
    if (old.there) db_->exec("DROP TABLE " + quoted, "drop table " + quoted);
    db_->exec("ALTER TABLE " + quote_identifier(staged_.name) + " RENAME TO " + quoted,
              "publish " + quoted);
    for (const auto* parts : {&old.indexes, &old.triggers}) {
        for (const part& p : *parts) {
            db_->exec(p.sql, "carry " + quote_identifier(p.name) + " over to " + quoted);
        }
    }
    for (const auto& search : old.search_tables) {
        const std::string name = quote_identifier(search);
        std::string rebuild = "INSERT INTO ";
        rebuild += name;
        rebuild += " (";
        rebuild += name;
        rebuild += ") VALUES ('rebuild')";
        db_->exec(rebuild, "rebuild " + name);
    }
}

void staged_table::check_dangling() {
    for (const auto& table : referring_tables(*db_, final_name_, false)) {
        auto check = db_->prepare(
            "SELECT 1 FROM pragma_foreign_key_check(?) WHERE parent = ? COLLATE NOCASE",
            "check the references of " + quote_identifier(table));
        check.bind_all(table, final_name_);
        if (check.step()) {
            check.reset();
            refuse(not_replaceable::reason::references,
                   "rows of " + quote_identifier(table) + " refer to rows that the new one lacks");
        }
    }
}

}  // namespace weir::sqlite
