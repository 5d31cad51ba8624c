// How a load runs: pipes, progress, interruption, failures on the way.
#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <string_view>

#include "loads.hpp"

namespace {

using namespace weir_load_test;

constexpr std::uint64_t many = 20'000;

std::string numbers(std::uint64_t rows) {
    std::string text = "id,name\n";
    for (std::uint64_t i = 1; i <= rows; ++i) text += std::to_string(i) + ",somebody else\n";
    return text;
}

const std::vector<std::string> from_pipe = {
    "load", "pipe",   "--to",   "sqlite:out.db", "--table", "t",           "--infer",
    "100",  "--mode", "append", "--progress",    "json",    "--lock-wait", "600"};

std::string last_out_line(program& loading) {
    std::string last;
    while (const auto line = loading.out_line()) last = *line;
    return last;
}

/// More than is looked at before the first row goes on its way.
void feed_much(const feed& input) {
    const std::string text = numbers(many * 4);
    input.write(text);
}

void make_table(const scratch& dir) {
    weir::sqlite::database db(dir / "out.db");
    db.exec("CREATE TABLE t (id INTEGER, name TEXT); INSERT INTO t VALUES (0, 'old')");
}

}  // namespace

TEST_CASE("Interrupted, rows that are added are committed, and it says where it goes on") {
    const scratch dir;
    make_table(dir);
    const feed input(dir / "pipe");
    program loading(dir.path(), from_pipe);
    feed_much(input);
    wait_for_rows(loading, many);
    loading.signal(SIGINT);
    const std::string end = last_out_line(loading);
    CHECK(loading.wait() == 130);
    CHECK(contains(end, R"("outcome":"interrupted")"));
    const auto rows = json_number(end, "loaded");
    CHECK(rows >= many);
    CHECK(json_number(end, "next_line") == rows + 2);
    CHECK(query(dir / "out.db", "SELECT count(*) - 1, max(id) FROM t") ==
          std::to_string(rows) + "|" + std::to_string(rows) + "\n");
}

TEST_CASE("Interrupted, a table that is new, replaced or loaded in one transaction is as it was") {
    for (const auto& more : std::vector<std::vector<std::string>>{
             {"--mode", "replace"}, {"--mode", "append", "--single-transaction"}}) {
        const scratch dir;
        make_table(dir);
        auto arguments = from_pipe;
        arguments.erase(arguments.begin() + 8, arguments.begin() + 10);
        arguments.insert(arguments.end(), more.begin(), more.end());
        const feed input(dir / "pipe");
        program loading(dir.path(), arguments);
        feed_much(input);
        wait_for_rows(loading, many);
        loading.signal(SIGTERM);
        const std::string end = last_out_line(loading);
        CHECK(loading.wait() == 130);
        CHECK(json_number(end, "loaded") == 0);
        CHECK(query(dir / "out.db", "SELECT * FROM t") == "0|old\n");
        CHECK(query(dir / "out.db", "SELECT count(*) FROM sqlite_schema") == "1\n");
    }
}

TEST_CASE("The second signal kills, and the table is as it was") {
    const scratch dir;
    make_table(dir);
    auto arguments = from_pipe;
    arguments[9] = "replace";
    const feed input(dir / "pipe");
    program loading(dir.path(), arguments);
    feed_much(input);
    wait_for_rows(loading, many);
    {
        weir::sqlite::database reader(dir / "out.db");
        auto open = reader.prepare("SELECT * FROM sqlite_schema");
        REQUIRE(open.step());
        loading.signal(SIGINT);
        REQUIRE(loading.err_line());
        loading.signal(SIGINT);
        loading.wait();
    }
    CHECK(query(dir / "out.db", "SELECT * FROM t") == "0|old\n");
}

TEST_CASE("A disk that is full ends the load with what is in the table") {
    const scratch dir;
    write_file(dir / "t.csv", numbers(200'000));
    limits small;
    small.file_size = 2'000'000;
    const auto failed = run(dir.path(), {"load", "t.csv", "--to", "sqlite:out.db"}, small);
    CHECK(failed.code == 1);
    CHECK(contains(failed.err, "out.db: cannot"));
    CHECK_FALSE(std::filesystem::exists(dir / "out.db"));
}

TEST_CASE("Types may be told from all records, or from none") {
    const scratch dir;
    write_file(dir / "t.csv", numbers(12'000) + "x,last\n");
    const std::vector<std::string> base = {"t.csv", "--to", "sqlite:out.db"};
    auto all = base;
    all.insert(all.end(), {"--infer", "all", "--table", "a"});
    CHECK(load(dir, all).code == 0);
    CHECK(query(dir / "out.db", "SELECT typeof(id), count(*) FROM a GROUP BY 1") == "text|12001\n");
    auto some = base;
    some.insert(some.end(), {"--table", "b"});
    CHECK(load(dir, some).code == 3);
    auto none = base;
    none.insert(none.end(), {"--infer", "none", "--table", "c"});
    CHECK(load(dir, none).code == 0);
    CHECK(query(dir / "out.db", "SELECT DISTINCT typeof(id) FROM c") == "text\n");
}

TEST_CASE("Progress is lines for people, or JSON for programs") {
    const scratch dir;
    write_file(dir / "t.csv", numbers(10));
    const auto json = load(dir, {"t.csv", "--to", "sqlite:out.db", "--progress", "json"});
    CHECK(json.code == 0);
    CHECK(contains(json.out, R"("outcome":"complete")"));
    CHECK(json_number(json.out, "loaded") == 10);
    const auto failed = load(dir, {"t.csv", "--to", "sqlite:out.db", "--progress", "json"});
    CHECK(failed.code == 1);
    CHECK(contains(failed.out, R"("outcome":"failed")"));
    CHECK(load(dir, {"t.csv", "--to", "sqlite:x.db", "--progress", "plain"}).code == 0);
}
