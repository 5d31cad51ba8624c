// What becomes of the table.
#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <string>

#include "loads.hpp"

namespace weir_load_test {

std::string query(const std::filesystem::path& database, std::string_view sql) {
    weir::sqlite::database_options reading;
    reading.read_only = true;
    weir::sqlite::database db(database, reading);
    auto select = db.prepare(sql);
    std::string text;
    while (select.step()) {
        for (int i = 0; i != select.columns(); ++i) {
            const unsigned char* const cell = sqlite3_column_text(select.handle(), i);
            text += i == 0 ? "" : "|";
            text += cell ? reinterpret_cast<const char*>(cell) : "NULL";
        }
        text += '\n';
    }
    return text;
}

}  // namespace weir_load_test

namespace {

using namespace weir_load_test;

constexpr const char* two_rows = "id,name\n1,Anna\n2,Bo\n";

}  // namespace

TEST_CASE("A file becomes a table with the types of its values") {
    const scratch dir;
    write_file(dir / "sales.csv",
               "id,name,zip,price,day\n"
               "1,\"Smith, Jr\",007,1.5,2026-12-01\n"
               "2,\"two\nlines\",12345,,2026-12-02\n"
               "3,\"\",1,2,\n");
    const auto loaded = load(dir, {"sales.csv", "--to", "sqlite:out.db"});
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK(loaded.err.empty());
    CHECK(loaded.out.starts_with("out.db: table sales: 3 rows in "));
    CHECK(query(dir / "out.db", "SELECT * FROM sales") ==
          "1|Smith, Jr|007|1.5|2026-12-01\n2|two\nlines|12345|NULL|2026-12-02\n3||1|2.0|NULL\n");
    CHECK(query(dir / "out.db", "SELECT sql FROM sqlite_schema") ==
          "CREATE TABLE \"sales\" (\"id\" INTEGER, \"name\" TEXT, \"zip\" TEXT, \"price\" REAL, "
          "\"day\" TEXT)\n");
    CHECK(dir.names() == std::vector<std::string>{"out.db", "sales.csv"});
}

TEST_CASE("What is typed first leads on to the whole command") {
    const scratch dir;
    write_file(dir / "my sales.csv", two_rows);
    const auto word = run(dir.path(), {"my sales.csv"});
    CHECK(word.code == 2);
    CHECK(contains(word.err, "weir-load load 'my sales.csv' --to 'sqlite:my sales.db'"));
    const auto half = load(dir, {"my sales.csv"});
    CHECK(half.code == 2);
    CHECK(contains(half.err, "where to? weir-load load 'my sales.csv' --to 'sqlite:my sales.db'"));
    CHECK(contains(load(dir, {}).err, "which file? weir-load load"));
    CHECK(contains(load(dir, {"my sales.csv", "--to", "out.db"}).err, "--to sqlite:out.db"));
    CHECK(contains(load(dir, {"-", "--to", "sqlite:x.db"}).err, "say --table NAME"));
    CHECK(dir.names() == std::vector<std::string>{"my sales.csv"});
    CHECK(load(dir, {"my sales.csv", "--to", "sqlite:my sales.db"}).code == 0);
    CHECK(query(dir / "my sales.db", "SELECT count(*) FROM \"my sales\"") == "2\n");
}

TEST_CASE("A table that is there stays unless a mode says what becomes of it") {
    const scratch dir;
    write_file(dir / "a.csv", two_rows);
    const std::vector<std::string> to = {"a.csv", "--to", "sqlite:out.db"};
    const auto with = [&to](std::vector<std::string> more) {
        more.insert(more.begin(), to.begin(), to.end());
        return more;
    };
    REQUIRE(load(dir, to).code == 0);
    const auto refused = load(dir, to);
    CHECK(refused.code == 1);
    CHECK(contains(refused.err, "--mode append adds rows"));
    CHECK(load(dir, with({"--mode", "append"})).code == 0);
    CHECK(query(dir / "out.db", "SELECT count(*) FROM a") == "4\n");
    CHECK(load(dir, with({"--mode", "truncate"})).code == 0);
    CHECK(query(dir / "out.db", "SELECT count(*) FROM a") == "2\n");
    write_file(dir / "a.csv", "id,name\n3,Cy\n");
    CHECK(load(dir, with({"--mode", "replace"})).code == 0);
    CHECK(query(dir / "out.db", "SELECT * FROM a") == "3|Cy\n");
    // Another shape, or nothing at all, would lose something.
    write_file(dir / "a.csv", "id,name,more\n3,Cy,1\n");
    CHECK(contains(load(dir, with({"--mode", "replace"})).err, "--allow other-shape"));
    write_file(dir / "a.csv", "id,name\n");
    CHECK(load(dir, with({"--mode", "replace", "--type", "id=integer"})).code == 1);
    CHECK(query(dir / "out.db", "SELECT * FROM a") == "3|Cy\n");
}

TEST_CASE("A load that fails leaves a table that is replaced or truncated as it was") {
    const scratch dir;
    write_file(dir / "a.csv", two_rows);
    REQUIRE(load(dir, {"a.csv", "--to", "sqlite:out.db"}).code == 0);
    write_file(dir / "a.csv", "id,name\n7,new\nx,bad\n");
    for (const char* mode : {"replace", "truncate", "append"}) {
        const auto stopped = load(dir, {"a.csv", "--to", "sqlite:out.db", "--mode", mode,
                                        "--on-error", "stop", "--type", "id=integer"});
        CHECK(stopped.code == 1);
        CHECK(contains(stopped.err, "a.csv: line 3: column id: 'x' is no whole number"));
        CHECK(query(dir / "out.db", "SELECT * FROM a") == "1|Anna\n2|Bo\n");
    }
    // Into a database that is not there: nothing stays.
    CHECK(
        load(dir, {"a.csv", "--to", "sqlite:new.db", "--on-error", "stop", "--type", "id=integer"})
            .code == 1);
    CHECK(dir.names() == std::vector<std::string>{"a.csv", "out.db"});
}

TEST_CASE("Several files are one table; their columns go by their names") {
    const scratch dir;
    write_file(dir / "1.csv", two_rows);
    write_file(dir / "2.csv", "name;id\nCy;3\n");
    const auto loaded = load(dir, {"1.csv", "2.csv", "--to", "sqlite:out.db", "--table", "people"});
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK(query(dir / "out.db", "SELECT * FROM people") == "1|Anna\n2|Bo\n3|Cy\n");

    write_file(dir / "3.csv", "id,age\n4,40\n");
    const std::vector<std::string> three = {"1.csv",         "3.csv",   "--to",
                                            "sqlite:new.db", "--table", "people"};
    CHECK(contains(load(dir, three).err, "3.csv: it lacks columns of the first file: name"));
    auto allowed = three;
    allowed.insert(allowed.end(), {"--missing-columns", "null", "--extra-columns", "ignore"});
    CHECK(load(dir, allowed).code == 0);
    CHECK(query(dir / "new.db", "SELECT * FROM people") == "1|Anna\n2|Bo\n4|NULL\n");
}

TEST_CASE("Keys: rows are refused, ignored, or take the place of the old ones") {
    const scratch dir;
    write_file(dir / "a.csv", two_rows);
    REQUIRE(
        load(dir, {"a.csv", "--to", "sqlite:out.db", "--primary-key", "id", "--index", "name,id"})
            .code == 0);
    CHECK(query(dir / "out.db", "SELECT name FROM sqlite_schema WHERE type = 'index'") ==
          "a_name_id\n");
    write_file(dir / "b.csv", "id,name\n2,Bob\n3,Cy\n");
    const auto into_a = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"b.csv", "--to", "sqlite:out.db", "--table", "a"});
        return load(dir, more);
    };
    const auto ignored = into_a({"--mode", "ignore"});
    CAPTURE(ignored.err);
    CHECK(ignored.code == 0);
    CHECK(contains(ignored.out, "1 row left out, whose key was taken"));
    CHECK(query(dir / "out.db", "SELECT * FROM a") == "1|Anna\n2|Bo\n3|Cy\n");
    CHECK(into_a({"--mode", "upsert"}).code == 2);
    CHECK(into_a({"--mode", "upsert", "--key", "id"}).code == 0);
    CHECK(query(dir / "out.db", "SELECT * FROM a") == "1|Anna\n2|Bob\n3|Cy\n");
    const auto appended = into_a({"--mode", "append"});
    CHECK(appended.code == 3);
    CHECK(read_file(dir / "out.db.a.rejects.csv") == "id,name\n2,Bob\n3,Cy\n");
    CHECK(contains(appended.err, "the database refused it") == false);
    CHECK(contains(appended.err, "b.csv: line 2: UNIQUE constraint failed: a.id"));
}

TEST_CASE("Columns are chosen, renamed, computed, and typed") {
    const scratch dir;
    write_file(dir / "a.csv", "id,first,last,when\n007,ann, lee ,1.12.2026\n");
    const auto loaded = load(
        dir, {"a.csv", "--to", "sqlite:out.db", "--select", "last,id,when", "--rename",
              "last=surname", "--map", "full=upper(concat(first, ' ', trim(last)))", "--type",
              "id=integer", "--date-format", "%d.%m.%Y", "--trim", "--strict", "--limit", "5"});
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK(query(dir / "out.db", "SELECT * FROM a") == "lee|7|2026-12-01|ANN LEE\n");
    CHECK(contains(query(dir / "out.db", "SELECT sql FROM sqlite_schema"),
                   "\"surname\" TEXT, \"id\" INTEGER, \"when\" TEXT, \"full\" TEXT) STRICT"));
    CHECK(contains(load(dir, {"a.csv", "--to", "sqlite:x.db", "--select", "nothing"}).err,
                   "--select nothing: there is no such column; there are id, first, last, when"));
}

TEST_CASE("Rows that are added keep to the table's columns and types") {
    const scratch dir;
    {
        weir::sqlite::database db(dir / "out.db");
        db.exec("CREATE TABLE t (key INTEGER PRIMARY KEY, Name TEXT NOT NULL, amount NUMERIC)");
    }
    write_file(dir / "a.csv", "amount,name\n1.5,x\n007,y\n2,5\n");
    const auto loaded =
        load(dir, {"a.csv", "--to", "sqlite:out.db", "--table", "t", "--mode", "append"});
    CAPTURE(loaded.err);
    CHECK(loaded.code == 3);
    CHECK(query(dir / "out.db", "SELECT key, name, typeof(name), amount FROM t") ==
          "1|x|text|1.5\n2|5|text|2\n");
    write_file(dir / "b.csv", "amount,other\n1,2\n");
    const std::vector<std::string> b = {"b.csv", "--to",   "sqlite:out.db", "--table",
                                        "t",     "--mode", "append"};
    CHECK(contains(load(dir, b).err, "the table t lacks columns of the input: other"));
    auto ignoring = b;
    ignoring.insert(ignoring.end(), {"--extra-columns", "ignore"});
    CHECK(contains(load(dir, ignoring).err, "needs (NOT NULL): Name"));
}

TEST_CASE("SQL runs before and after, and what fails after is told as such") {
    const scratch dir;
    write_file(dir / "a.csv", two_rows);
    CHECK(load(dir, {"a.csv", "--to", "sqlite:out.db", "--before", "CREATE TABLE log (x)",
                     "--after", "INSERT INTO log SELECT count(*) FROM a"})
              .code == 0);
    CHECK(query(dir / "out.db", "SELECT x FROM log") == "2\n");
    const auto failed = load(dir, {"a.csv", "--to", "sqlite:out.db", "--table", "b", "--after",
                                   "SELECT * FROM nothing"});
    CHECK(failed.code == 4);
    CHECK(contains(failed.err, "the rows are in the table all the same"));
    CHECK(query(dir / "out.db", "SELECT count(*) FROM b") == "2\n");
}

TEST_CASE("A dry run tells all and makes nothing") {
    const scratch dir;
    write_file(dir / "a.csv", "id;when;code\n1;2026-12-01;007\n2;2026-12-02;\x1b[31m\n");
    const auto shown = load(dir, {"a.csv", "--to", "sqlite:out.db", "--dry-run"});
    CHECK(shown.code == 0);
    CHECK(contains(shown.out, "encoding utf-8, delimiter ';', quote '\"', line ends LF, header"));
    CHECK(contains(shown.out, "CREATE TABLE \"a\" (\"id\" INTEGER, \"when\" TEXT, \"code\" TEXT)"));
    CHECK(contains(shown.out, "1 | '2026-12-01' | '007'"));
    CHECK(contains(shown.out, "plan: create the table a of out.db"));
    CHECK_FALSE(contains(shown.out, "\x1b"));
    CHECK(dir.names() == std::vector<std::string>{"a.csv"});
}
