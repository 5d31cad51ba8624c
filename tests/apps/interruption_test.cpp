#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <string>

#include "support.hpp"

namespace {

using namespace weir_load_test;
namespace fs = std::filesystem;
namespace sqlite = weir::sqlite;

std::string last_line(program& loading) {
    std::string last;
    while (const auto line = loading.out_line()) last = *line;
    return last;
}

std::uint64_t rows_in(const fs::path& file, const std::string& table) {
    sqlite::database_options reading;
    reading.read_only = true;
    return static_cast<std::uint64_t>(sqlite::database(file, reading).row_count(table));
}

constexpr std::uint64_t fed = 20'000;
const std::vector<std::string> load_from_pipe = {
    "run-pipeline", "--input", "pipe", "--progress", "json", "--lock-wait", "600"};

}  // namespace

TEST_CASE("The first Ctrl-C commits what was read, says how far it came, and marks the table") {
    const scratch dir;
    const std::string text = people_csv(fed);
    for (const int signal : {SIGINT, SIGTERM}) {
        std::error_code none;
        fs::remove(dir / "pipe", none);
        const feed input(dir / "pipe");
        program loading(dir.path(), load_from_pipe);
        input.write(text);
        wait_for_rows(loading, 10'000);
        loading.signal(signal);
        const std::string end = last_line(loading);
        CHECK(loading.wait() == 130);
        CHECK(end.find(R"("outcome":"interrupted")") != end.npos);
        const std::uint64_t rows = json_number(end, "rows");
        CHECK(rows >= 10'000);
        CHECK(rows <= fed);
        CHECK(rows_in(dir / "people.db", "people") == rows);
        CHECK(json_number(end, "next_line") == rows + 2);
        // Every record is 14 bytes long.
        CHECK(json_number(end, "next_byte") == 25 + 14 * rows);
        CHECK(text.find("Tom", 25 + 14 * (rows - 1)) == 25 + 14 * (rows - 1));

        const auto shown = run(dir.path(), {"show"});
        CHECK(shown.code == 0);
        CHECK(shown.out.find("INCOMPLETE: the load was interrupted, pipe goes on at line " +
                             std::to_string(rows + 2)) != std::string::npos);
    }

    write_file(dir / "people.csv", people_csv(7));
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
    const auto shown = run(dir.path(), {"show"});
    CHECK(shown.out.starts_with("people.db: 7 rows\n"));
}

TEST_CASE("Interrupted before the first row, a load leaves people as it was") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(7));
    REQUIRE(run(dir.path(), {"run-pipeline"}).code == 0);
    const feed input(dir / "pipe");
    program loading(dir.path(), load_from_pipe);
    wait_for_rows(loading, 0);
    loading.signal(SIGINT);
    CHECK(json_number(last_line(loading), "rows") == 0);
    CHECK(loading.wait() == 130);
    CHECK(run(dir.path(), {"show"}).out.starts_with("people.db: 7 rows\n"));
}

TEST_CASE("The second Ctrl-C kills, and what is half-done is not called people") {
    const scratch dir;
    const feed input(dir / "pipe");
    program loading(dir.path(), load_from_pipe);
    input.write(people_csv(fed));
    wait_for_rows(loading, 10'000);
    {
        // Who reads keeps the load from committing, so that it cannot end.
        sqlite::database reader(dir / "people.db");
        auto open = reader.prepare("SELECT * FROM sqlite_schema");
        REQUIRE(open.step());
        loading.signal(SIGINT);
        const auto said = loading.err_line();
        REQUIRE(said);
        CHECK(*said ==
              "weir-load: warning: interrupted: ending in good order; once more ends at once");
        loading.signal(SIGINT);
        CHECK(loading.wait() == -SIGINT);
    }
    const auto shown = run(dir.path(), {"show"});
    CHECK(shown.code == 1);
    CHECK(
        shown.err ==
        "weir-load: error: people.db has no table people: a load of it did not come to its end\n");

    write_file(dir / "people.csv", people_csv(7));
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
    CHECK(run(dir.path(), {"show"}).out.starts_with("people.db: 7 rows\n"));
}
