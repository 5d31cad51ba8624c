// After a crash there is nothing that looks complete and is not.
#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/staged_table.hpp>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "support.hpp"

using namespace sqlite_test;

namespace {

using row = std::pair<int, std::string>;
using ids = std::vector<std::int64_t>;

const sqlite::table people{"people", {{"id"}, {"name"}}};

std::vector<row> rows(int from, int to) {
    std::vector<row> made;
    for (int i = from; i < to; ++i) made.emplace_back(i, std::string(200, 'x'));
    return made;
}

// Runs `f` in a process that dies without any destructor.
template <class F>
void crash_after(F f) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        f();
        _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
}

void make_old(const std::filesystem::path& file) {
    sqlite::database(file).exec(
        "CREATE TABLE people (id, name); INSERT INTO people VALUES (77, 'old')");
}

ids people_in(sqlite::database& db) {
    return numbers(db, "SELECT id FROM people ORDER BY id");
}

}  // namespace

TEST_CASE("a crash within a transaction leaves the state of the last commit") {
    const scratch dir;
    make_old(dir / "a.db");
    crash_after([&] {
        // So little cache that pages are in the file before the commit.
        sqlite::database db(dir / "a.db", {.cache_kib = 40});
        sqlite::batch_writer<row> w(db, "people", {}, {.rows_per_commit = 1000});
        w.write(rows(0, 1000));
        w.write(rows(1000, 1900));
        _exit(0);
    });
    CHECK(std::filesystem::exists(dir / "a.db-journal"));
    sqlite::database db(dir / "a.db");
    CHECK(db.row_count("people") == 1001);
    CHECK(number(db, "SELECT max(id) FROM people") == 999);
    auto check = db.prepare("PRAGMA integrity_check");
    REQUIRE(check.step());
    CHECK(check.get<std::string>(0) == "ok");
}

TEST_CASE("a staged load that crashes leaves the old table; the next load starts anew") {
    const scratch dir;
    make_old(dir / "a.db");
    crash_after([&] {
        sqlite::database db(dir / "a.db");
        sqlite::staged_table staged(db, people);
        sqlite::batch_writer<row> w(db, staged.name(), {}, {.rows_per_commit = 100});
        w.write(rows(0, 150));
        w.write(rows(150, 160));
        _exit(0);
    });
    sqlite::database db(dir / "a.db");
    CHECK(people_in(db) == ids{77});
    CHECK(db.row_count("people (loading)") == 150);

    sqlite::staged_table staged(db, people);
    sqlite::batch_writer<row> w(db, staged.name());
    w.write(rows(0, 3));
    w.finish();
    CHECK(people_in(db) == ids{77});
    staged.publish();
    CHECK(people_in(db) == ids{0, 1, 2});
    CHECK_THROWS_AS(db.row_count("people (loading)"), sqlite::database_error);
}

TEST_CASE("a staged load that is given up leaves nothing of itself") {
    sqlite::database db(sqlite::in_memory);
    db.exec("CREATE TABLE people (id, name); INSERT INTO people VALUES (77, 'old')");
    {
        sqlite::staged_table staged(db, people);
        sqlite::batch_writer<row> w(db, staged.name());
        w.write(rows(0, 3));
        w.finish();
    }
    CHECK(people_in(db) == ids{77});
    CHECK(number(db, "SELECT count(*) FROM sqlite_schema") == 1);
}

TEST_CASE("a staged table takes the place of the old one for views and foreign keys") {
    sqlite::database db(sqlite::in_memory);
    db.exec(
        "CREATE TABLE people (id PRIMARY KEY, name);"
        "CREATE VIEW names AS SELECT name FROM people;"
        "CREATE TABLE pets (owner REFERENCES people (id))");
    const sqlite::table keyed{"people", {{"id", sqlite::column_type::any, true}, {"name"}}};
    sqlite::staged_table staged(db, keyed);
    sqlite::batch_writer<row> w(db, staged.name());
    w.write(rows(0, 3));
    w.finish();
    staged.publish();
    CHECK(db.row_count("names") == 3);
    CHECK_NOTHROW(db.exec("INSERT INTO pets VALUES (2)"));
    CHECK_THROWS_AS(db.exec("INSERT INTO pets VALUES (9)"), sqlite::database_error);
}

TEST_CASE("a publication that is refused leaves both tables as they were") {
    const scratch dir;
    make_old(dir / "a.db");
    sqlite::database db(dir / "a.db", {.lock_timeout = std::chrono::milliseconds(1)});
    sqlite::staged_table staged(db, people);
    sqlite::batch_writer<row> w(db, staged.name());
    w.write(rows(0, 3));
    w.finish();
    {
        sqlite::database other(dir / "a.db");
        const sqlite::transaction held(other);
        CHECK_THROWS_AS(staged.publish(), sqlite::database_error);
    }
    CHECK(people_in(db) == ids{77});
    staged.publish();
    CHECK(people_in(db) == ids{0, 1, 2});
}
