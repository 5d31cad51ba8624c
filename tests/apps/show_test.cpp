#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "support.hpp"

using namespace weir_load_test;

TEST_CASE("show tells how many people there are, and the first few") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(1'234));
    REQUIRE(run(dir.path(), {"run-pipeline"}).code == 0);
    const auto shown = run(dir.path(), {"show", "--rows", "2"});
    CHECK(shown.code == 0);
    CHECK(shown.out.starts_with("people.db: 1,234 rows\n"));
    CHECK(std::ranges::count(shown.out, '\n') == 4);
    CHECK(shown.out.find("Tom         CONNOR     18   Tom.Connor_18@somemail.com") !=
          std::string::npos);
}

TEST_CASE("show sends nothing to the terminal that would change it") {
    const scratch dir;
    write_file(dir / "people.csv", "first_name,last_name,age\n\x1b[2J,\"a\nb\",1\n");
    REQUIRE(run(dir.path(), {"run-pipeline"}).code == 0);
    const auto shown = run(dir.path(), {"show"});
    CHECK(shown.out.find('\x1b') == std::string::npos);
    CHECK(std::ranges::count(shown.out, '\n') == 3);
}

TEST_CASE("show says what is missing") {
    const scratch dir;
    const auto none = run(dir.path(), {"show", "--database", "no.db"});
    CHECK(none.code == 1);
    CHECK(none.err == "weir-load: error: no.db: cannot open: it does not exist\n");
    weir::sqlite::database(dir / "other.db").exec("CREATE TABLE t (x)");
    const auto other = run(dir.path(), {"show", "--database", "other.db"});
    CHECK(other.code == 1);
    CHECK(other.err == "weir-load: error: other.db has no table people\n");
}

TEST_CASE("show pads by the columns of a terminal, and cuts a field that is very long") {
    const scratch dir;
    write_file(dir / "people.csv", "first_name,last_name,age\nJürgen,X,1\n大小,Y,2\nAda," +
                                       std::string(300'000, 'z') + ",3\n");
    REQUIRE(run(dir.path(), {"run-pipeline"}).code == 0);
    const auto shown = run(dir.path(), {"show"});
    CHECK(shown.code == 0);
    // The heading is ten columns wide, and two part it from the next.
    CHECK(shown.out.find("Jürgen      X") != std::string::npos);
    CHECK(shown.out.find("大小        Y") != std::string::npos);
    CHECK(shown.out.find("Ada         " + std::string(47, 'Z') + "…") != std::string::npos);
    CHECK(shown.out.size() < 2'000);
}

TEST_CASE("show tells of what a load that was killed has left beside people") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    REQUIRE(run(dir.path(), {"run-pipeline"}).code == 0);
    {
        const feed input(dir / "pipe");
        program loading(dir.path(), {"run-pipeline", "--input", "pipe", "--progress", "json",
                                     "--rows-per-commit", "5000"});
        input.write(people_csv(20'000));
        wait_for_rows(loading, 10'000);
        const auto under_way = run(dir.path(), {"show", "--rows", "0"});
        CHECK(under_way.out.find("a load of it is under way: process ") != std::string::npos);
        loading.signal(SIGKILL);
        CHECK(loading.wait() == -SIGKILL);
    }
    const auto shown = run(dir.path(), {"show", "--rows", "0"});
    CHECK(shown.code == 0);
    CHECK(shown.out.starts_with("people.db: 3 rows\n"));
    CHECK(
        shown.out.find("0 rows: a load of it did not come to its end; the next load removes it") !=
        std::string::npos);
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
    CHECK(run(dir.path(), {"show", "--rows", "0"}).out == "people.db: 3 rows\n");
    CHECK(dir.names() == std::vector<std::string>{"people.csv", "people.db", "pipe"});
}

TEST_CASE("show reads a table people that has no rowid") {
    const scratch dir;
    weir::sqlite::database(dir / "people.db")
        .exec(
            "CREATE TABLE people (id PRIMARY KEY, first_name, last_name, age, email) WITHOUT ROWID;"
            "INSERT INTO people VALUES (1, 'Ada', 'KING', 36, 'a')");
    const auto shown = run(dir.path(), {"show"});
    CHECK(shown.code == 0);
    CHECK(shown.out.find("Ada") != std::string::npos);
}
