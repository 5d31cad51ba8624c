// What a load may not destroy: other tables, a good table, what another program has made.
#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support.hpp"

namespace {

using namespace weir_load_test;
namespace fs = std::filesystem;
namespace sqlite = weir::sqlite;

using names = std::vector<std::string>;

constexpr const char* old_people =
    "CREATE TABLE people (id BLOB PRIMARY KEY, first_name TEXT, last_name TEXT, age INTEGER, "
    "email TEXT); INSERT INTO people VALUES (x'01', 'Old', 'PERSON', 99, 'old');";

std::int64_t number(const fs::path& file, const std::string& sql) {
    sqlite::database_options reading;
    reading.read_only = true;
    sqlite::database db(file, reading);
    auto select = db.prepare(sql);
    REQUIRE(select.step());
    return select.get<std::int64_t>(0);
}

std::int64_t people_in(const fs::path& file) {
    return number(file, "SELECT count(*) FROM people");
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

const std::string all_bad = "first_name,last_name,age\nTom,Connor,42,\nJim,Farley,33,\n";

names load_from(const char* input, const char* seconds) {
    return {"run-pipeline", "--input", input, "--progress", "json", "--lock-wait", seconds};
}

// The last line of a load whose input becomes another while it is read: `change` is called with it.
template <class Change>
std::string end_of_load_while(const scratch& dir, Change change) {
    // The load waits while its rejects are not read, and so long that most of the input is not.
    std::string text = people_csv(10);
    while (text.size() < 8'000'000) text += "this is no person" + std::string(2'000, '!') + '\n';
    write_file(dir / "people.csv", text);
    sqlite::database(dir / "people.db").exec(old_people);
    std::optional<feed> rejects(std::in_place, dir / "pipe");
    program loading(dir.path(), {"run-pipeline", "--progress", "json", "--rejects", "pipe"});
    for (std::uint64_t rejected = 0; rejected < 2;) {
        const auto line = loading.out_line();
        REQUIRE(line);
        rejected = json_number(*line, "rejected");
    }
    change(dir / "people.csv");
    std::ifstream drain(dir / "pipe", std::ios::binary);
    rejects.reset();
    auto drained = std::async(std::launch::async, [&] {
        std::ostringstream kept;
        kept << drain.rdbuf();
    });
    std::string last;
    while (const auto line = loading.out_line()) last = *line;
    CHECK(loading.wait() == 1);
    CHECK(people_in(dir / "people.db") == 1);
    return last;
}

}  // namespace

TEST_CASE("Rows of other tables that refer to people are neither deleted nor changed") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    sqlite::database(dir / "people.db")
        .exec(std::string(old_people) +
              "CREATE TABLE orders (n, person REFERENCES people ON DELETE CASCADE);"
              "INSERT INTO orders VALUES (1, x'01');"
              "CREATE TABLE notes (n, person REFERENCES people ON DELETE SET NULL);"
              "INSERT INTO notes VALUES (1, x'01');");
    const std::string kept =
        "SELECT (SELECT count(*) FROM orders WHERE person = x'01') + "
        "(SELECT count(*) FROM notes WHERE person = x'01')";
    const auto refused = run(dir.path(), {"run-pipeline"});
    CHECK(refused.code == 1);
    CHECK(refused.err ==
          "weir-load: error: people.db: cannot replace \"people\": rows of \"notes\", \"orders\" "
          "refer to its rows, which would be gone (--allow references replaces it and leaves those "
          "rows as they are)\n");
    CHECK(people_in(dir / "people.db") == 1);
    CHECK(number(dir / "people.db", kept) == 2);
    CHECK(run(dir.path(), {"run-pipeline", "--allow", "references"}).code == 0);
    CHECK(people_in(dir / "people.db") == 3);
    CHECK(number(dir / "people.db", kept) == 2);
    CHECK(dir.names() == names{"people.csv", "people.db"});
}

TEST_CASE("A table people of another shape, or a view, is refused before a record is read") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    sqlite::database(dir / "other.db").exec("CREATE TABLE people (id, town)");
    const auto shape = run(dir.path(), {"run-pipeline", "--database", "other.db"});
    CHECK(shape.code == 1);
    CHECK(contains(shape.err, "--allow other-shape"));
    CHECK(
        run(dir.path(), {"run-pipeline", "--database", "other.db", "--allow", "other-shape,empty"})
            .code == 0);
    sqlite::database(dir / "view.db").exec("CREATE VIEW people AS SELECT 1");
    const auto view = run(dir.path(), {"run-pipeline", "--database", "view.db"});
    CHECK(view.code == 1);
    CHECK(contains(view.err, "it is a view"));
    CHECK(run(dir.path(), {"run-pipeline", "--allow", "anything"}).code == 2);
}

TEST_CASE("A load of which every record was rejected leaves people as it was") {
    const scratch dir;
    write_file(dir / "people.csv", all_bad);
    sqlite::database(dir / "people.db").exec(old_people);
    for (const char* database : {"people.db", "new.db"}) {
        const auto loaded = run(dir.path(), {"run-pipeline", "--database", database, "--progress",
                                             "json", "--rejects", "bad.csv"});
        CHECK(loaded.code == 1);
        CHECK(contains(loaded.err,
                       "error: people.csv: no record could be loaded: 2 records rejected, kept in "
                       "bad.csv; the table people is as it was"));
        CHECK(contains(loaded.out, R"("outcome":"failed")"));
        CHECK(contains(read_file(dir / "bad.csv"), "Jim,Farley,33,"));
    }
    CHECK(people_in(dir / "people.db") == 1);
    CHECK(dir.names() == names{"bad.csv", "people.csv", "people.db"});
}

TEST_CASE("An input without records does not replace rows, unless that is asked for") {
    const scratch dir;
    write_file(dir / "people.csv", "first_name,last_name,age\n");
    sqlite::database(dir / "people.db").exec(old_people);
    const auto refused = run(dir.path(), {"run-pipeline"});
    CHECK(refused.code == 1);
    CHECK(contains(refused.err, "(--allow empty replaces them by nothing)"));
    CHECK(people_in(dir / "people.db") == 1);
    CHECK(run(dir.path(), {"run-pipeline", "--allow", "empty"}).code == 0);
    CHECK(people_in(dir / "people.db") == 0);
}

TEST_CASE("An input that becomes shorter while it is read is not loaded") {
    const scratch dir;
    const auto last =
        end_of_load_while(dir, [](const fs::path& file) { fs::resize_file(file, 6'000'000); });
    CHECK(contains(last, "it became shorter while it was read"));
}

TEST_CASE("An input that is rewritten in place while it is read is not loaded") {
    const scratch dir;
    const auto last = end_of_load_while(dir, [](const fs::path& file) {
        std::fstream(file, std::ios::in | std::ios::out).seekp(6'000'000) << "another";
    });
    CHECK(contains(last, "it was changed while it was read (it was written to)"));
}

TEST_CASE("An input that grows while it is read is not loaded") {
    const scratch dir;
    const auto last = end_of_load_while(
        dir, [](const fs::path& file) { std::ofstream(file, std::ios::app) << "Tom,Connor,42\n"; });
    CHECK(contains(last, "it was changed while it was read (it had "));
}

TEST_CASE("What is in memory is no database for a load") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    for (const char* database : {":memory:", ""}) {
        const auto refused = run(dir.path(), {"run-pipeline", "--database", database});
        CHECK(refused.code == 2);
        CHECK(contains(refused.err, "--database"));
        CHECK(contains(refused.err, "names no file"));
    }
    CHECK(dir.names() == names{"people.csv"});
}

TEST_CASE("Of two loads the second is refused, and told which process has the table") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    const feed input(dir / "pipe");
    program loading(dir.path(), load_from("pipe", "600"));
    input.write(people_csv(20'000));
    wait_for_rows(loading, 10'000);
    const auto second = run(dir.path(), {"run-pipeline", "--lock-wait", "0"});
    CHECK(second.code == 1);
    CHECK(contains(second.err, "another load of it is under way: process "));
    loading.signal(SIGINT);
    while (loading.out_line()) {
    }
    CHECK(loading.wait() == 130);
    CHECK(people_in(dir / "people.db") >= 10'000);
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
    CHECK(people_in(dir / "people.db") == 3);
    CHECK(dir.names() == names{"people.csv", "people.db", "pipe"});
}

TEST_CASE("A load that fails does not remove the database that another one waits for") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    const feed input(dir / "pipe");
    program failing(dir.path(), load_from("pipe", "600"));
    wait_for_rows(failing, 0);
    program waiting(dir.path(), load_from("people.csv", "600"));
    const auto said = waiting.err_line();
    REQUIRE(said);
    CHECK(contains(*said, "waiting for another load into people.db: process "));
    failing.signal(SIGINT);
    while (failing.out_line()) {
    }
    CHECK(failing.wait() == 130);
    while (waiting.out_line()) {
    }
    CHECK(waiting.wait() == 0);
    CHECK(people_in(dir / "people.db") == 3);
}

TEST_CASE("A new database that another program has used stays when the load fails") {
    const scratch dir;
    const feed input(dir / "pipe");
    for (const bool used : {true, false}) {
        program failing(dir.path(), load_from("pipe", "600"));
        wait_for_rows(failing, 0);
        if (used) sqlite::database(dir / "people.db").exec("CREATE TABLE pets (name)");
        failing.signal(SIGINT);
        while (failing.out_line()) {
        }
        CHECK(failing.wait() == 130);
        CHECK(fs::exists(dir / "people.db") == used);
        if (used) CHECK(number(dir / "people.db", "SELECT count(*) FROM sqlite_schema") == 1);
        fs::remove(dir / "people.db");
    }
}

TEST_CASE("A load that fails removes what it has made at the end of a link, and leaves the link") {
    const scratch dir;
    write_file(dir / "people.csv", all_bad);
    fs::create_symlink("there.db", dir / "people.db");
    CHECK(run(dir.path(), {"run-pipeline", "--rejects", "/dev/null"}).code == 1);
    CHECK(dir.names() == names{"people.csv", "people.db"});
    CHECK(fs::is_symlink(dir / "people.db"));
    write_file(dir / "people.csv", people_csv(3));
    CHECK(run(dir.path(), {"run-pipeline"}).code == 0);
    CHECK(people_in(dir / "there.db") == 3);
}

TEST_CASE("A wait for a lock ends at once when it is interrupted, and people is as it was") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    sqlite::database other(dir / "people.db");
    other.exec(old_people);
    {
        const sqlite::transaction held(other);
        program waiting(dir.path(), {"run-pipeline", "--fast", "--lock-wait", "600"});
        REQUIRE(waiting.err_line());  // of --fast: from now on it can be interrupted
        waiting.signal(SIGTERM);
        CHECK(waiting.wait() == 130);
        while (const auto line = waiting.err_line()) {
            if (contains(*line, "error")) CHECK(contains(*line, "the table people is as it was"));
        }
    }
    CHECK(people_in(dir / "people.db") == 1);
    const feed input(dir / "pipe");
    program loading(dir.path(), load_from("pipe", "600"));
    wait_for_rows(loading, 0);
    program waiting(dir.path(), load_from("people.csv", "600"));
    REQUIRE(waiting.err_line());
    waiting.signal(SIGINT);
    CHECK(waiting.wait() == 130);
}

TEST_CASE("What fails when people is in its place is told as that") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    const auto unheard = run(dir.path(), {"run-pipeline"}, {.out = "/dev/full"});
    CHECK(unheard.code == 4);
    CHECK(unheard.err ==
          "weir-load: error: cannot write the standard output; the table people is loaded all the "
          "same\n");
    CHECK(people_in(dir / "people.db") == 3);

    const auto written = run(dir.path(), {"create-file", "--number-rows", "3", "--output", "a.csv"},
                             {.err = "/dev/full"});
    CHECK(written.code == 0);
    fs::remove(dir / "a.csv");

    const feed input(dir / "pipe");
    program loading(dir.path(), load_from("pipe", "600"));
    input.write(people_csv(10'000) + "bad\n" + people_csv(5'000));
    wait_for_rows(loading, 10'000);
    fs::create_directory(dir / "people.db.rejects.csv");
    loading.signal(SIGINT);
    std::string last;
    while (const auto line = loading.out_line()) last = *line;
    CHECK(loading.wait() == 4);
    CHECK(contains(last, R"("failed_after":"cannot rename people.db.rejects.csv.part-)"));
    CHECK(people_in(dir / "people.db") >= 10'000);
    CHECK(dir.names().size() == 5);  // what was rejected is still there, under its first name
}

TEST_CASE("When --vacuum fails, people is there, and the exit code says so") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(3));
    for (const char* database : {"a.db", "people.db"}) {
        sqlite::database(dir / database)
            .exec("CREATE TABLE much (x); INSERT INTO much VALUES (zeroblob(8000000))");
    }
    REQUIRE(run(dir.path(), {"run-pipeline", "--database", "a.db"}).code == 0);
    // Room for the database, and not for the journal of its rewriting, which is larger.
    limits small;
    small.file_size = fs::file_size(dir / "a.db") + 4096;
    const auto loaded = run(dir.path(), {"run-pipeline", "--vacuum"}, small);
    CHECK(loaded.code == 4);
    CHECK(contains(loaded.err, "people.db: cannot vacuum: "));
    CHECK(contains(loaded.err, "; the table people is loaded all the same\n"));
    CHECK(loaded.out.starts_with("people.db: 3 rows in "));
    CHECK(people_in(dir / "people.db") == 3);
}

TEST_CASE("What is printed goes into no file of the load when stdout and stderr are closed") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(1) + "bad\n");
    const auto loaded = run(dir.path(), {"run-pipeline", "--progress", "json"}, {.closed = true});
    CHECK(loaded.code == 4);  // the summary could not be printed
    CHECK(people_in(dir / "people.db") == 1);
    CHECK(read_file(dir / "people.db.rejects.csv") ==
          "line,reason,text\n3,\"1 field, expected 3\",bad\n");
}

TEST_CASE("Rejects replace no file but that of an earlier load") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(1) + "bad\n");
    write_file(dir / "notes.txt", "mine\n");
    for (const std::string& text : {people_csv(1) + "bad\n", people_csv(1)}) {
        write_file(dir / "people.csv", text);
        const auto refused = run(dir.path(), {"run-pipeline", "--rejects", "notes.txt"});
        CHECK(refused.code == 2);
        CHECK(contains(refused.err, "--rejects notes.txt: there is a file of that name"));
        CHECK(read_file(dir / "notes.txt") == "mine\n");
    }
    CHECK(dir.names() == names{"notes.txt", "people.csv"});

    // An empty one may be filled, and stays when there is nothing to fill it with.
    write_file(dir / "mine.csv", "");
    CHECK(run(dir.path(), {"run-pipeline", "--rejects", "mine.csv"}).code == 0);
    CHECK(fs::exists(dir / "mine.csv"));
    write_file(dir / "people.csv", people_csv(1) + "bad\n");
    CHECK(run(dir.path(), {"run-pipeline", "--rejects", "mine.csv"}).code == 3);
    CHECK(contains(read_file(dir / "mine.csv"), "bad"));

    // That of an earlier load stays until a load is complete.
    write_file(dir / "other.csv", "first_name,last_name,age\nTom,Connor,1\n");
    sqlite::database(dir / "people.db")
        .exec(
            "CREATE TABLE o (p REFERENCES people);"
            "INSERT INTO o SELECT id FROM people");
    const names again = {"run-pipeline", "--rejects", "mine.csv", "--input", "other.csv"};
    CHECK(run(dir.path(), again).code == 1);
    CHECK(contains(read_file(dir / "mine.csv"), "bad"));
    sqlite::database(dir / "people.db").exec("DELETE FROM o");
    CHECK(run(dir.path(), again).code == 0);
    CHECK_FALSE(fs::exists(dir / "mine.csv"));
}

TEST_CASE("Rejects are open to no more than may read the database") {
    const scratch dir;
    write_file(dir / "people.csv", people_csv(1) + "bad\n");
    sqlite::database(dir / "people.db").exec("CREATE TABLE pets (name)");
    fs::permissions(dir / "people.db", fs::perms(0600));
    CHECK(run(dir.path(), {"run-pipeline"}).code == 3);
    CHECK(fs::status(dir / "people.db.rejects.csv").permissions() == fs::perms(0600));
}
