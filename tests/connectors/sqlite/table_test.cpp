// Names are names, whatever they hold; tables come out as described.
#include <weir/connectors/sqlite/batch_writer.hpp>
#include <weir/connectors/sqlite/table.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

#include "support.hpp"

using namespace sqlite_test;
using enum sqlite::column_type;

TEST_CASE("quoting doubles the quotes within and adds nothing else") {
    CHECK(sqlite::quote_identifier("people") == "\"people\"");
    CHECK(sqlite::quote_identifier("a\"b") == "\"a\"\"b\"");
    CHECK(sqlite::quote_identifier("a'; DROP") == "\"a'; DROP\"");
    CHECK_THROWS_AS(sqlite::quote_identifier(""), std::invalid_argument);
    CHECK_THROWS_AS(sqlite::quote_identifier(std::string_view("a\0b", 3)), std::invalid_argument);
}

TEST_CASE("tables and columns may have any name: keywords, quotes, spaces, SQL, other scripts") {
    for (const std::string name :
         {"select", "two words", "quo\"te", "\"", "\"\"", "x\"; DROP TABLE witness; --",
          "x') ; DROP TABLE witness; --", "[brackets]", "`ticks`", "Größe 大小", "a.b", "?1", ":p",
          "%s", "1st", "main", "rowid"}) {
        CAPTURE(name);
        sqlite::database db(sqlite::in_memory);
        db.exec("CREATE TABLE witness (x)");
        const sqlite::table described{name, {{name, integer, true}, {name + "2", text}}};
        db.exec(described.create_sql());
        const std::vector<std::tuple<int, std::string>> rows{{1, name}, {2, "'; --"}};
        for (const auto& columns : {described.column_names(), std::vector<std::string>{}}) {
            db.exec("DELETE FROM " + sqlite::quote_identifier(name));
            sqlite::batch_writer<std::tuple<int, std::string>> writer(db, name, columns);
            writer.write(rows);
            CHECK(writer.finish().rows == 2);
            CHECK(db.row_count(name) == 2);
        }
        CHECK(number(db, "SELECT count(*) FROM witness") == 0);
        db.exec(described.drop_sql());
        CHECK_THROWS_AS(db.row_count(name), sqlite::database_error);
        CHECK(number(db, "SELECT count(*) FROM witness") == 0);
    }
}

TEST_CASE("the SQL of a table says what was described") {
    CHECK(sqlite::table{"people", {{"id", blob, true}, {"age", integer}}}.create_sql() ==
          R"(CREATE TABLE "people" ("id" BLOB PRIMARY KEY, "age" INTEGER))");
    CHECK(sqlite::table{"t",
                        {{.name = "a", .type = text, .primary_key = true},
                         {.name = "b", .primary_key = true},
                         {.name = "c", .type = real, .not_null = true, .unique = true}},
                        true,
                        true}
              .create_sql() == R"(CREATE TABLE "t" ("a" TEXT, "b" ANY, "c" REAL NOT NULL UNIQUE, )"
                               R"(PRIMARY KEY ("a", "b")) WITHOUT ROWID, STRICT)");
}

TEST_CASE("every kind of table that can be described can be created") {
    for (const bool strict : {false, true}) {
        for (const bool without_rowid : {false, true}) {
            sqlite::database db(sqlite::in_memory);
            recreate(db, {"t",
                          {{"k", blob, true}, {"a", any}, {"i", integer}, {"r", real}, {"t", text}},
                          without_rowid,
                          strict});
            CHECK(db.row_count("t") == 0);
        }
    }
}

TEST_CASE("a column of type any stores values as they are") {
    sqlite::database db(sqlite::in_memory);
    recreate(db, {"t", {{"a", any}}});
    auto insert = db.prepare("INSERT INTO t VALUES (?)");
    insert.bind(1, "007");
    insert.run();
    auto select = db.prepare("SELECT a FROM t");
    REQUIRE(select.step());
    CHECK(select.get<std::string>(0) == "007");
}

TEST_CASE("recreating a table empties it and gives it its new shape") {
    sqlite::database db(sqlite::in_memory);
    recreate(db, {"t", {{"a"}}});
    db.exec("INSERT INTO t VALUES (1)");
    recreate(db, {"t", {{"a"}, {"b"}}});
    CHECK(db.row_count("t") == 0);
    CHECK(db.prepare("SELECT * FROM t").columns() == 2);
}
