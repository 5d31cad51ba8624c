#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "support.hpp"

namespace {

using namespace weir_load_test;
namespace fs = std::filesystem;
namespace sqlite = weir::sqlite;

using names = std::vector<std::string>;
using person = std::tuple<std::string, std::string, std::int64_t, std::string>;

sqlite::database open(const fs::path& file) {
    sqlite::database_options reading;
    reading.read_only = true;
    return sqlite::database(file, reading);
}

std::vector<person> people_in(const fs::path& file) {
    auto db = open(file);
    auto select = db.prepare("SELECT first_name, last_name, age, email FROM people ORDER BY rowid");
    std::vector<person> people;
    while (select.step()) {
        people.emplace_back(select.get<std::string>(0), select.get<std::string>(1),
                            select.get<std::int64_t>(2), select.get<std::string>(3));
    }
    return people;
}

names tables_in(const fs::path& file) {
    auto db = open(file);
    auto select = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    names found;
    while (select.step()) found.push_back(select.get<std::string>(0));
    return found;
}

/// Makes a database that has a table people of one row.
void make_old_people(const fs::path& file) {
    sqlite::database db(file);
    db.exec(
        "CREATE TABLE people (id BLOB PRIMARY KEY, first_name TEXT, last_name TEXT, "
        "age INTEGER, email TEXT)");
    db.exec("INSERT INTO people VALUES (x'00', 'Old', 'PERSON', 99, 'old')");
}
const std::vector<person> old_people = {{"Old", "PERSON", 99, "old"}};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE(
    "run-pipeline loads every record, in order, with quotes, line breaks and Unicode in names") {
    const scratch dir;
    write_file(dir / "people.csv",
               "first_name,last_name,age\r\n"
               "Tom,Connor,20\r\n"
               "\"Anna \"\"A\"\"\",\"Smith, Jr\",65\r\n"
               "Jürgen,Müller,18\r\n"
               "Sally,O' Sullivan,30\r\n"
               "\"two\nlines\",x,1");
    const auto loaded = run(dir.path(), {"run-pipeline"});
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK(loaded.err.empty());
    CHECK(loaded.out.starts_with("people.db: 5 rows in "));
    CHECK(people_in(dir / "people.db") ==
          std::vector<person>{
              {"Tom", "CONNOR", 20, "Tom.Connor_20@somemail.com"},
              {"Anna \"A\"", "SMITH, JR", 65, "Anna \"A\".Smith, Jr_65@somemail.com"},
              {"Jürgen", "MÜLLER", 18, "Jürgen.Müller_18@somemail.com"},
              {"Sally", "O' SULLIVAN", 30, "Sally.O' Sullivan_30@somemail.com"},
              {"two\nlines", "X", 1, "two\nlines.x_1@somemail.com"},
          });
    CHECK(tables_in(dir / "people.db") == names{"people"});
    CHECK(dir.names() == names{"people.csv", "people.db"});
}

TEST_CASE("The table is as promised, and so are the ids") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(12'345));
    CHECK(run(dir.path(), {"run-pipeline", "--rows-per-commit", "5000"}).code == 0);
    auto db = open(dir / "people.db");
    auto info = db.prepare("SELECT name, type, pk FROM pragma_table_info('people')");
    std::string columns;
    while (info.step()) {
        columns += info.get<std::string>(0) + ' ' + info.get<std::string>(1) +
                   (info.get<int>(2) != 0 ? " KEY," : ",");
    }
    CHECK(columns == "id BLOB KEY,first_name TEXT,last_name TEXT,age INTEGER,email TEXT,");
    auto ids = db.prepare(
        "SELECT count(DISTINCT id), min(length(id)), max(length(id)), "
        "sum(typeof(id) = 'blob'), sum(substr(hex(id), 13, 1) = '7') FROM people");
    REQUIRE(ids.step());
    CHECK(ids.get<int>(0) == 12'345);
    CHECK(ids.get<int>(1) == 16);
    CHECK(ids.get<int>(2) == 16);
    CHECK(ids.get<int>(3) == 12'345);
    CHECK(ids.get<int>(4) == 12'345);
    auto order = db.prepare(
        "SELECT count(*) FROM people a JOIN people b ON b.rowid = a.rowid + 1 WHERE a.id >= b.id");
    REQUIRE(order.step());
    CHECK(order.get<int>(0) == 0);
    auto check = db.prepare("PRAGMA integrity_check");
    REQUIRE(check.step());
    CHECK(check.get<std::string>(0) == "ok");
}

TEST_CASE("Ids of version 4 on wish") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(100));
    CHECK(run(dir.path(), {"run-pipeline", "--id", "uuid4"}).code == 0);
    auto db = open(dir / "people.db");
    auto ids =
        db.prepare("SELECT count(DISTINCT id), sum(substr(hex(id), 13, 1) = '4') FROM people");
    REQUIRE(ids.step());
    CHECK(ids.get<int>(0) == 100);
    CHECK(ids.get<int>(1) == 100);
}

TEST_CASE("A bad record is skipped, told with its line, counted and kept aside") {
    const scratch dir;
    write_file(dir / "people.csv",
               "first_name,last_name,age\nTom,Connor,20\nthis is, not a person\n\"Jim\"my,X,3\n"
               "Will,Dorothy,30\n");
    const auto loaded = run(dir.path(), {"run-pipeline"});
    CHECK(loaded.code == 3);
    CHECK(contains(loaded.err, "warning: people.csv: line 3, byte 39: 2 fields, expected 3"));
    CHECK(contains(loaded.err, "line 4"));
    CHECK(contains(loaded.out, "2 records rejected, kept in people.db.rejects.csv"));
    CHECK(people_in(dir / "people.db").size() == 2);
    CHECK(read_file(dir / "people.db.rejects.csv") ==
          "line,reason,text\n"
          "3,\"2 fields, expected 3\",\"this is, not a person\"\n"
          "4,text after the closing quote of field 1,\"\"\"Jim\"\"my,X,3\"\n");

    // The next load has none, and so no such file.
    write_file(dir / "people.csv", people_csv(1));
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
    CHECK(dir.names() == names{"people.csv", "people.db"});
}

TEST_CASE("Many bad records are all counted and kept, and the first twenty told") {
    const scratch dir;
    std::string text = people_csv(1);
    for (int i = 0; i < 5'000; ++i) text += "bad\n";
    write_file(dir / "people.csv", text + "Tom,Connor,20\n");
    const auto loaded = run(dir.path(), {"run-pipeline", "--rejects", "bad.csv"});
    CHECK(loaded.code == 3);
    CHECK(std::ranges::count(loaded.err, '\n') == 21);
    CHECK(contains(loaded.err, "further bad records are not shown here, only counted"));
    CHECK(contains(loaded.out, "5,000 records rejected, kept in bad.csv"));
    const std::string kept = read_file(dir / "bad.csv");
    CHECK(std::ranges::count(kept, '\n') == 5'001);
    CHECK(people_in(dir / "people.db").size() == 2);
}

TEST_CASE("A record whose age is no number is rejected, or loaded with NULL where that is wished") {
    const scratch dir;
    write_file(dir / "people.csv",
               "first_name,last_name,age\nTom,Connor,old\nJim,Carlin,\nAmy,\"X, Y\",42.0\n");
    const auto ages = [&] {
        auto db = open(dir / "people.db");
        auto select =
            db.prepare("SELECT first_name, CAST(age AS TEXT), email FROM people ORDER BY rowid");
        names found;
        while (select.step()) {
            found.push_back(select.get<std::string>(0) + ' ' +
                            select.get<std::optional<std::string>>(1).value_or("NULL") + ' ' +
                            select.get<std::string>(2));
        }
        return found;
    };
    const auto rejecting = run(dir.path(), {"run-pipeline"});
    CHECK(rejecting.code == 3);
    CHECK(contains(rejecting.err,
                   "people.csv: line 2: the age \"old\" is not a whole number: skipped"));
    CHECK(read_file(dir / "people.db.rejects.csv") ==
          "line,reason,text\n2,\"the age \"\"old\"\" is not a whole number\",\"Tom,Connor,old\"\n");
    CHECK(ages() == names{"Jim NULL Jim.Carlin@somemail.com", "Amy 42 Amy.X, Y_42@somemail.com"});

    const auto loaded = run(dir.path(), {"run-pipeline", "--on-bad-age", "null"});
    CHECK(loaded.code == 3);
    CHECK(contains(loaded.out, "1 age was not a whole number, loaded as NULL"));
    CHECK(ages() == names{"Tom NULL Tom.Connor@somemail.com", "Jim NULL Jim.Carlin@somemail.com",
                          "Amy 42 Amy.X, Y_42@somemail.com"});

    write_file(dir / "people.csv", "first_name,last_name,age\nJim,Carlin,\nAmy,X,42.0\n");
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
}

TEST_CASE("Columns are found by name, wherever they stand, and others are passed over") {
    const scratch dir;
    write_file(dir / "in.tsv", "age\tcity\tlast_name\tfirst_name\n20\tRome\tConnor\tTom\n");
    CHECK(run(dir.path(),
              {"run-pipeline", "--input", "in.tsv", "--delimiter", "\\t", "--database", "out.db"})
              .code == 0);
    CHECK(people_in(dir / "out.db") ==
          std::vector<person>{{"Tom", "CONNOR", 20, "Tom.Connor_20@somemail.com"}});
}

TEST_CASE("A file with a header alone makes an empty table") {
    const scratch dir;
    write_file(dir / "people.csv", "first_name,last_name,age\n");
    const auto loaded = run(dir.path(), {"run-pipeline"});
    CHECK(loaded.code == 0);
    CHECK(contains(loaded.err, "people.csv has a header and no records"));
    CHECK(people_in(dir / "people.db").empty());
}

TEST_CASE("An input that cannot be loaded is told by name and cause, and nothing is touched") {
    const scratch dir;
    make_old_people(dir / "people.db");
    write_file(dir / "empty.csv", "");
    write_file(dir / "other.csv", "name,age\nTom,20\n");
    write_file(dir / "other_header.csv", "name,age");
    const auto refuses = [&](const char* input, std::string_view why) {
        const auto loaded = run(dir.path(), {"run-pipeline", "--input", input});
        CHECK(loaded.code == 1);
        CHECK(loaded.out.empty());
        CHECK(loaded.err == "weir-load: error: " + std::string(why) + "\n");
        CHECK(people_in(dir / "people.db") == old_people);
        CHECK(tables_in(dir / "people.db") == names{"people"});
    };
    refuses("no.csv", "cannot open no.csv: No such file or directory");
    refuses(".", "cannot read .: Is a directory");
    refuses("/proc/self/mem", "cannot read /proc/self/mem: Input/output error");
    refuses("empty.csv", "empty.csv: the file is empty");
    const std::string header =
        ": the header lacks \"first_name\", \"last_name\": it must name \"first_name\", "
        "\"last_name\", \"age\", and names \"name\", \"age\"";
    refuses("other.csv", "other.csv" + header);
    refuses("other_header.csv", "other_header.csv" + header);
}

TEST_CASE("A database that cannot be written is told by name and cause") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(10));
    write_file(dir / "text.db",
               "this is no database, but long enough to be looked at as if it were");
    const auto refuses = [&](const char* database, std::string_view why) {
        const auto loaded = run(dir.path(), {"run-pipeline", "--database", database});
        CHECK(loaded.code == 1);
        CHECK(loaded.err == "weir-load: error: " + std::string(why) + "\n");
    };
    refuses("no/people.db", "no/people.db: cannot open: there is no directory no");
    refuses(".", ".: cannot open: it is a directory");
    refuses("text.db", "text.db: cannot open: file is not a database");
    CHECK(dir.names() == names{"people.csv", "text.db"});
    if (::geteuid() != 0) {  // root may write everywhere
        make_old_people(dir / "people.db");
        fs::permissions(dir / "people.db", fs::perms::owner_read);
        refuses("people.db", "people.db: cannot open for writing: the file is read-only");
    }
}

TEST_CASE("When the disk is full the load says so, and leaves people as it was") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(200'000));
    make_old_people(dir / "people.db");
    limits small;
    small.file_size = 2 << 20;
    for (const char* database : {"people.db", "new.db"}) {
        CAPTURE(database);
        const auto loaded =
            run(dir.path(), {"run-pipeline", "--database", database, "--rows-per-commit", "5000"},
                small);
        CHECK(loaded.code == 1);
        CHECK(loaded.out.empty());
        CHECK(loaded.err.starts_with("weir-load: error: " + std::string(database) + ": cannot "));
        CHECK(contains(loaded.err, "File too large"));
        CHECK(std::ranges::count(loaded.err, '\n') == 1);
    }
    CHECK(people_in(dir / "people.db") == old_people);
    CHECK(tables_in(dir / "people.db") == names{"people"});
    CHECK(dir.names() == names{"people.csv", "people.db"});
}

TEST_CASE("When rejects cannot be kept the load fails, for they would be lost") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(1) + "bad\n");
    const auto loaded = run(dir.path(), {"run-pipeline", "--rejects", "/dev/full"});
    CHECK(loaded.code == 1);
    CHECK(contains(loaded.err, "cannot write /dev/full: No space left on device"));
    CHECK(dir.names() == names{"people.csv"});
}

TEST_CASE("A database that another program has locked is waited for, and then told") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(10));
    make_old_people(dir / "people.db");
    sqlite::database other(dir / "people.db");
    const sqlite::transaction held(other);
    const auto loaded = run(dir.path(), {"run-pipeline", "--lock-wait", "0"});
    CHECK(loaded.code == 1);
    CHECK(contains(loaded.err, "people.db: cannot begin a transaction: the database is locked"));
}

TEST_CASE("A load replaces what was in people, and leaves other tables alone") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    make_old_people(dir / "people.db");
    sqlite::database(dir / "people.db").exec("CREATE TABLE pets (name TEXT)");
    CHECK(run(dir.path(), {"run-pipeline", "--vacuum"}).code == 0);
    CHECK(people_in(dir / "people.db").size() == 3);
    CHECK(tables_in(dir / "people.db") == names{"people", "pets"});
}

TEST_CASE("--fast loads the same and says what is at risk") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    const auto loaded = run(dir.path(), {"run-pipeline", "--fast"});
    CHECK(loaded.code == 0);
    CHECK(contains(loaded.err, "--fast: a loss of power"));
    CHECK(people_in(dir / "people.db").size() == 3);
}

TEST_CASE("Progress for programs is one JSON object a line") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(10) + "bad\n");
    const auto loaded = run(dir.path(), {"run-pipeline", "--progress", "json"});
    CHECK(loaded.code == 3);
    const auto last = loaded.out.rfind("{\"event\":\"end\",\"outcome\":\"rejects\"");
    REQUIRE(last != std::string::npos);
    const std::string end = loaded.out.substr(last);
    CHECK(contains(end, R"("input":"people.csv","database":"people.db","rows":10,"rejected":1,)"));
    CHECK(contains(end, R"("bad_records":1,"refused_rows":0,"unread_ages":0,)"));
    CHECK(contains(end, R"("rejects_file":"people.db.rejects.csv","next_line":13,)"));
    CHECK(end.ends_with("}\n"));

    const auto failed =
        run(dir.path(), {"run-pipeline", "--progress", "json", "--input", "no.csv"});
    CHECK(failed.code == 1);
    CHECK(failed.out ==
          "{\"event\":\"end\",\"outcome\":\"failed\","
          "\"error\":\"cannot open no.csv: No such file or directory\"}\n");
}

TEST_CASE("a load does not write to what it reads, nor two things to one file, by whatever name") {
    const scratch dir;
    const std::string people = people_csv(3);
    write_file(dir / "people.csv", people);
    std::filesystem::create_symlink("people.csv", dir / "link.csv");
    std::filesystem::create_hard_link(dir / "people.csv", dir / "hard.csv");
    const auto refused = [&](const std::string& database, const std::string& rejects) {
        const auto done = run(dir.path(), {"run-pipeline", "--input", "people.csv", "--database",
                                           database, "--rejects", rejects});
        CHECK_MESSAGE(done.code == 2, done.err);
        CHECK_MESSAGE(done.err.find("--") != done.err.npos, done.err);
        CHECK(read_file(dir / "people.csv") == people);
    };
    for (const std::string name : {"people.csv", "./people.csv", "link.csv", "hard.csv"}) {
        refused(name, "r.csv");
        refused("p.db", name);
    }
    refused("p.db", "./p.db");
    refused("p.db", "p.db-journal");
    CHECK(dir.names() == std::vector<std::string>{"hard.csv", "link.csv", "people.csv"});
}
