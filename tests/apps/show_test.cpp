#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

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
