// A table is replaced as a whole: what else the database holds stays, or the load is refused.
#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "support.hpp"

using namespace sqlite_test;
using namespace std::chrono_literals;
using enum sqlite::column_type;

namespace {

using row = std::pair<int, std::string>;
using ids = std::vector<std::int64_t>;
using reason = sqlite::not_replaceable::reason;

const sqlite::table people{"people", {{"id", integer, true}, {"name", text}}};
constexpr const char* old_people =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);"
    "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bob');";

sqlite::load_report fill(sqlite::database& db, const sqlite::staged_table& staged,
                         const std::vector<row>& rows) {
    sqlite::batch_writer<row> writer(db, staged.name());
    writer.write(rows);
    return writer.finish();
}

void replace(sqlite::database& db, const std::vector<row>& rows,
             const sqlite::staging_options& options = {}) {
    sqlite::staged_table staged(db, people, options);
    staged.publish(fill(db, staged, rows).rows);
}

std::optional<sqlite::not_replaceable> refusal_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const sqlite::not_replaceable& e) {
        return e;
    }
    return std::nullopt;
}

/// Why a database made by this SQL has no place for a staged table.
std::optional<sqlite::not_replaceable> refusal_in(const std::string& sql) {
    sqlite::database db(sqlite::in_memory);
    db.exec(sql);
    const auto before = number(db, "SELECT count(*) FROM sqlite_schema");
    auto met = refusal_of([&] { const sqlite::staged_table staged(db, people); });
    CHECK(number(db, "SELECT count(*) FROM sqlite_schema") == before);
    return met;
}

bool has(const std::exception& met, const std::string& text) {
    return std::string(met.what()).find(text) != std::string::npos;
}

ids people_in(sqlite::database& db) {
    return numbers(db, "SELECT id FROM people ORDER BY id");
}

constexpr const char* orders =
    "CREATE TABLE orders (n, person REFERENCES people ON DELETE CASCADE);"
    "CREATE TABLE notes (n, person REFERENCES people ON DELETE SET NULL);"
    "INSERT INTO orders VALUES (1, 1); INSERT INTO notes VALUES (1, 2);";

}  // namespace

TEST_CASE("rows that refer to a table forbid to replace it, before a row is loaded, by name") {
    const auto met = refusal_in(std::string(old_people) + orders);
    REQUIRE(met);
    CHECK(met->why() == reason::references);
    CHECK(has(*met, R"(cannot replace "people": rows of "notes", "orders" refer to its rows)"));
    for (const char* plain : {"CREATE TABLE o (p REFERENCES PEOPLE (id)); INSERT INTO o VALUES (1)",
                              "CREATE TABLE o (a, b, FOREIGN KEY (b) REFERENCES people);"
                              "INSERT INTO o VALUES (NULL, 2)"}) {
        const auto refused = refusal_in(std::string(old_people) + plain);
        REQUIRE(refused);
        CHECK(has(*refused, R"(rows of "o" refer)"));
    }
}

TEST_CASE("rows that refer to a table stay as they are when that is asked for") {
    sqlite::database db(sqlite::in_memory);
    db.exec(std::string(old_people) + orders);
    replace(db, {{7, "Cid"}}, {.references = sqlite::referring_rows::kept});
    CHECK(people_in(db) == ids{7});
    CHECK(number(db, "SELECT person FROM orders") == 1);
    CHECK(number(db, "SELECT person FROM notes") == 2);
    CHECK(number(db, "PRAGMA foreign_keys") == 1);
}

TEST_CASE("with checked references the new table is published if every row finds its own") {
    sqlite::database db(sqlite::in_memory);
    db.exec(std::string(old_people) + orders);
    const sqlite::staging_options checked{.references = sqlite::referring_rows::checked};
    replace(db, {{1, "Ann"}, {2, "Bea"}, {3, "Cid"}}, checked);
    CHECK(people_in(db) == ids{1, 2, 3});
    CHECK(number(db, "SELECT person FROM orders") == 1);

    const auto met = refusal_of([&] { replace(db, {{1, "Ann"}}, checked); });
    REQUIRE(met);
    CHECK(has(*met, R"(rows of "notes" refer to rows that the new one lacks)"));
    CHECK(people_in(db) == ids{1, 2, 3});
}

TEST_CASE("a row that refers to the table and comes during the load keeps it from being replaced") {
    sqlite::database db(sqlite::in_memory);
    db.exec(std::string(old_people) + "CREATE TABLE o (p REFERENCES people ON DELETE CASCADE)");
    sqlite::staged_table staged(db, people);
    fill(db, staged, {{7, "Cid"}});
    db.exec("INSERT INTO o VALUES (1)");
    CHECK(refusal_of([&] { staged.publish(); }));
    CHECK(people_in(db) == ids{1, 2});
    CHECK(db.row_count("o") == 1);
}

TEST_CASE("to recreate a table that rows refer to is refused, and deletes nothing") {
    sqlite::database db(sqlite::in_memory);
    db.exec(std::string(old_people) + orders);
    const auto met = error_of([&] { recreate(db, people); });
    REQUIRE(met);
    CHECK(met->code() == SQLITE_CONSTRAINT_FOREIGNKEY);
    CHECK(db.row_count("orders") == 1);
    CHECK(people_in(db) == ids{1, 2});
}

TEST_CASE("indexes and triggers are carried over") {
    sqlite::database db(sqlite::in_memory);
    db.exec(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE INDEX \"by (name\" ON people /* of ( */ (name COLLATE NOCASE) WHERE id > 0;"
        "CREATE UNIQUE INDEX once ON [people](lower(name));"
        "CREATE TABLE log (what);"
        "CREATE TRIGGER told AFTER INSERT ON people BEGIN INSERT INTO log VALUES (NEW.name); END");
    const auto schema = [&db] {
        return number(db, "SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'people'");
    };
    const auto before = schema();
    sqlite::staged_table staged(db, people);
    const auto report = fill(db, staged, {{1, "Ann"}, {2, "ann"}, {3, "Bob"}});
    CHECK(report.rows == 2);
    CHECK(report.rejected == 1);  // by the unique index, when it came
    staged.publish(report.rows);
    CHECK(schema() == before);
    CHECK(number(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%loading%'") == 0);
    CHECK(number(db, "SELECT count(*) FROM people INDEXED BY \"by (name\" WHERE id > 0") == 2);
    CHECK(db.row_count("log") == 0);  // what is loaded runs no triggers
    CHECK(error_of([&] { db.exec("INSERT INTO people VALUES (4, 'BOB')"); }));
    db.exec("INSERT INTO people VALUES (4, 'Cid')");
    CHECK(db.row_count("log") == 1);
}

TEST_CASE("an index that the new table cannot have is refused by name") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE people (id, name, town); CREATE INDEX by_town ON people (town)");
    const auto met =
        refusal_of([&] { const sqlite::staged_table s(db, people, {.other_shape = true}); });
    REQUIRE(met);
    CHECK(met->why() == reason::index);
    CHECK(has(*met, R"(its index "by_town" cannot be carried over)"));
}

TEST_CASE("a table of another shape is refused, and the first difference told") {
    const auto refused = [](const std::string& sql, const std::string& why) {
        CAPTURE(sql);
        const auto met = refusal_in(sql);
        REQUIRE(met);
        CHECK(met->why() == reason::other_shape);
        CHECK_MESSAGE(has(*met, why), met->what());
    };
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, town TEXT)",
            "it has the columns id, name, town, and not id, name");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY)", "has the columns id, and not");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name BLOB)",
            R"(declares its column "name" as BLOB, and not as TEXT)");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL)", "TEXT NOT NULL");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'x')", "DEFAULT 'x'");
    refused("CREATE TABLE people (id INTEGER, name TEXT)", R"("id")");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE)", "other keys");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> ''))",
            "with CHECK");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE)", "COLLATE");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT) WITHOUT ROWID",
            "WITHOUT ROWID");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)",
            "AUTOINCREMENT");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT AS ('x'))", R"("name")");
    refused("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT REFERENCES people)",
            "foreign keys of its own");
}

TEST_CASE("the same shape in other words is the same, and another one is replaced on wish") {
    sqlite::database db(sqlite::in_memory);
    db.exec("create table People (\"ID\" integer primary key, -- CHECK\n [name] text)");
    replace(db, {{1, "Ann"}});
    db.exec("DROP TABLE people; CREATE TABLE people (x); INSERT INTO people VALUES (1)");
    replace(db, {{1, "Ann"}, {2, "Bob"}}, {.other_shape = true});
    CHECK(people_in(db) == ids{1, 2});
}

TEST_CASE("what is no table cannot be replaced") {
    for (const char* sql : {"CREATE VIEW people AS SELECT 1 AS id, 'x' AS name",
                            "CREATE TABLE t (x); CREATE INDEX people ON t (x)",
                            "CREATE VIRTUAL TABLE people USING fts5(id, name)"}) {
        CAPTURE(sql);
        const auto met = refusal_in(sql);
        REQUIRE(met);
        CHECK(met->why() == reason::other_kind);
    }
}

TEST_CASE("a full-text table of the table is refused, or rebuilt on wish") {
    const std::string search =
        std::string(old_people) +
        "CREATE VIRTUAL TABLE found USING fts5(name, content='people', content_rowid='id');"
        "INSERT INTO found (found) VALUES ('rebuild');";
    const auto met = refusal_in(search);
    REQUIRE(met);
    CHECK(met->why() == reason::search_tables);
    CHECK(has(*met, R"("found")"));
    CHECK(refusal_in(std::string(old_people) + "CREATE VIRTUAL TABLE own USING fts5(name);"
                                               "CREATE TRIGGER fed AFTER INSERT ON people BEGIN "
                                               "INSERT INTO own VALUES (NEW.name); END"));

    sqlite::database db(sqlite::in_memory);
    db.exec(search);
    replace(db, {{7, "Cid"}}, {.search_tables = true});
    CHECK(numbers(db, "SELECT rowid FROM found WHERE found MATCH 'cid'") == ids{7});
    CHECK(numbers(db, "SELECT rowid FROM found WHERE found MATCH 'ann'").empty());
}

TEST_CASE("what has the name of a staged table and is none is not dropped") {
    for (const char* sql : {"CREATE VIEW \"people (loading)\" AS SELECT 1",
                            "CREATE TABLE \"people (loading)\" (a, b, c)"}) {
        CAPTURE(sql);
        const auto met = refusal_in(sql);
        REQUIRE(met);
        CHECK(met->why() == reason::staging_taken);
    }
}

TEST_CASE("a table has one load at a time, and the other one is told which it is") {
    const scratch dir;
    sqlite::database first(dir / "a.db");
    sqlite::database second(dir / "a.db", {.lock_timeout = 2ms});
    {
        sqlite::staged_table loading(first, people);
        const auto met = error_of([&] { const sqlite::staged_table s(second, people); });
        REQUIRE(met);
        CHECK(met->primary_code() == SQLITE_BUSY);
        CHECK(has(*met, R"(cannot load "people": another load of it is under way: process )" +
                            std::to_string(::getpid()) + " ("));
        CHECK(sqlite::table_lock::holder(dir / "a.db", "PEOPLE"));
        CHECK_FALSE(sqlite::table_lock::holder(dir / "a.db", "pets"));
        // Nothing of the first one was touched.
        loading.publish(fill(first, loading, {{1, "Ann"}}).rows);
    }
    CHECK_FALSE(sqlite::table_lock::holder(dir / "a.db", "people"));
    CHECK_FALSE(std::filesystem::exists(dir / "a.db-loading-people"));
    replace(second, {{2, "Bob"}});
    CHECK(people_in(first) == ids{2});
}

TEST_CASE("the second load of a table waits for the first one, and the wait can be ended") {
    const scratch dir;
    sqlite::database first(dir / "a.db");
    sqlite::database second(dir / "a.db", {.lock_timeout = std::chrono::milliseconds::max()});
    std::optional<sqlite::staged_table> loading(std::in_place, first, people);
    auto waiting = std::async(std::launch::async, [&] { replace(second, {{2, "Bob"}}); });
    loading->publish(fill(first, *loading, {{1, "Ann"}}).rows);
    loading.reset();
    waiting.get();
    CHECK(people_in(first) == ids{2});

    std::stop_source stop;
    loading.emplace(first, people);
    sqlite::database third(dir / "a.db", {.lock_timeout = 1h, .stop_waiting = stop.get_token()});
    auto ended = std::async(std::launch::async,
                            [&] { return error_of([&] { replace(third, {{3, "Cid"}}); }); });
    stop.request_stop();
    const auto met = ended.get();
    REQUIRE(met);
    CHECK(met->primary_code() == SQLITE_INTERRUPT);
}

TEST_CASE("a lock file that is no lock is left alone") {
    const scratch dir;
    write_file(dir / "a.db-loading-people", "my notes");
    sqlite::database db(dir / "a.db");
    const auto met = error_of([&] { const sqlite::staged_table s(db, people); });
    REQUIRE(met);
    CHECK(has(*met, "a.db-loading-people is in the way"));
    CHECK(std::filesystem::file_size(dir / "a.db-loading-people") == 8);
}

TEST_CASE("a staged table to which another program has written is not published") {
    const scratch dir;
    sqlite::database db(dir / "a.db");
    db.exec(old_people);
    sqlite::staged_table staged(db, people);
    const auto report = fill(db, staged, {{7, "Cid"}});
    sqlite::database(dir / "a.db").exec("INSERT INTO \"people (loading)\" VALUES (8, 'Dan')");
    const auto met = error_of([&] { staged.publish(report.rows); });
    REQUIRE(met);
    CHECK(has(*met, R"x("people (loading)" has 2 rows, and 1 were loaded)x"));
    CHECK(people_in(db) == ids{1, 2});
}

TEST_CASE("a database that was removed while it was open is told") {
    const scratch dir;
    sqlite::database db(dir / "a.db");
    db.exec(old_people);
    std::filesystem::remove(dir / "a.db");
    const auto met = error_of([&] { const sqlite::staged_table s(db, people); });
    REQUIRE(met);
    CHECK(has(*met, "the file was removed or replaced while it was open"));
}

TEST_CASE("what is done along with the publication happens with it, or neither does") {
    sqlite::database db(sqlite::in_memory);
    db.exec(old_people);
    sqlite::staged_table staged(db, people);
    fill(db, staged, {{7, "Cid"}});
    CHECK(staged.replaces_rows());
    CHECK_THROWS_WITH(staged.publish(1, [](sqlite::database&) { throw std::runtime_error("no"); }),
                      "no");
    CHECK(people_in(db) == ids{1, 2});
    staged.publish(1, [](sqlite::database& in) { in.exec("CREATE TABLE mark (x)"); });
    CHECK(people_in(db) == ids{7});
    CHECK(db.row_count("mark") == 0);
}
