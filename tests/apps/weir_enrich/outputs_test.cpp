// weir-enrich with several outputs at once, tables of SQLite and running statistics among them.

#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::outcome;
using weir_load_test::read_file;
using weir_load_test::scratch;
using weir_load_test::write_file;
namespace sqlite = weir::sqlite;

namespace {

outcome run(const scratch& dir, std::vector<std::string> words) {
    words.insert(words.begin(), "run");
    return weir_load_test::run(dir.path(), words, enrich);
}

// The first three fields of each line, without the header.
std::string beginnings(const std::string& csv) {
    std::string found;
    for (auto at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1) {
        auto end = at;
        for (int fields = 0; fields != 3; ++fields) end = csv.find(',', end) + 1;
        found += csv.substr(at, end - at) + '\n';
    }
    return found;
}

std::int64_t number(sqlite::database& db, const std::string& sql) {
    auto query = db.prepare(sql);
    REQUIRE(query.step());
    return query.get<std::int64_t>(0);
}

}  // namespace

TEST_CASE("each of several outputs gets each trade, in order") {
    const scratch dir;
    const auto done = run(dir, {"--count", "12000", "--workers", "2", "--out", "a.csv", "--out",
                                "b.csv", "--out", "sqlite:out.db?table=all \"trades\"", "--out",
                                "tcp://127.0.0.1:0", "--out", "tcp://127.0.0.1:0?format=jsonl"});
    CHECK(done.code == 0);
    CHECK(has(done.err, "received 12000 = emitted 12000 + dropped 0 + rejected 0\n"));
    const std::string csv = read_file(dir / "a.csv");
    CHECK(csv == read_file(dir / "b.csv"));
    sqlite::database db(dir / "out.db");
    auto rows = db.prepare(
        R"(SELECT trade_id || ',' || instrument_id || ',' || user_id || ',' FROM "all ""trades""" ORDER BY rowid)");
    std::string written;
    while (rows.step()) written += rows.get<std::string>(0) + '\n';
    CHECK(written.size() > 12'000);
    CHECK((written == beginnings(csv)));
    CHECK(number(db, R"(SELECT count(*) FROM "all ""trades""" WHERE typeof(fee) = 'real'
                        AND side IN ('buy', 'sell') AND length(account_name) > 0)") == 12'000);
}

TEST_CASE("a table of a database that is there is added to") {
    const scratch dir;
    for (int n = 1; n != 3; ++n) {
        CHECK(run(dir, {"--count", "10", "--out", "sqlite:out.db?table=Trades"}).code == 0);
        sqlite::database db(dir / "out.db");
        CHECK(number(db, "SELECT count(*) FROM trades") == 10 * n);
    }
}

TEST_CASE("a database that cannot be written ends the run, with an error that names it") {
    const scratch dir;
    const auto failing = [&dir](const std::string& table) {
        auto done = run(
            dir, {"--count", "1000", "--out", "out.csv", "--out", "sqlite:out.db?table=" + table});
        CHECK(done.code == 1);
        return done.err;
    };
    {
        sqlite::database db(dir / "out.db");
        db.exec("CREATE TABLE other (trade_id); CREATE TABLE full (x)");
        CHECK(run(dir, {"--count", "1", "--out", "sqlite:out.db?table=taken"}).code == 0);
        db.exec("CREATE UNIQUE INDEX once ON taken (trade_id)");
    }
    CHECK(has(failing("other"), R"(out.db: cannot insert into "other": no such column: )"));
    const std::string twice = failing("taken");
    CHECK_MESSAGE(has(twice, "out.db: cannot insert trade 1: UNIQUE constraint failed"), twice);
    // What only the other output has is not emitted.
    CHECK(has(twice, " = emitted 0 + dropped 0 + rejected 0 + lost "));
    // Of the transaction that failed nothing is there.
    sqlite::database db(dir / "out.db");
    CHECK(number(db, "SELECT count(*) FROM taken") == 1);
    write_file(dir / "out.db", "this is no database, and it is long enough to be seen as none");
    CHECK(has(failing("any"), "out.db: "));
}

TEST_CASE("the statistics are the same bytes with any number of workers, and in a replay") {
    const scratch dir;
    const auto statistics = [&dir](std::vector<std::string> words) {
        words.insert(words.end(), {"--figures", "figures.csv", "--figures-every", "5ms", "--window",
                                   "10ms", "--out", "out.bin"});
        const auto done = weir_load_test::run(dir.path(), words, enrich);
        CHECK_MESSAGE(done.code == 0, done.err);
        return read_file(dir / "figures.csv");
    };
    const std::string made = statistics({"run", "--count", "20000", "--record", "x.journal"});
    CHECK(made.size() > 100'000);
    CHECK((made == statistics({"run", "--count", "20000", "--workers", "4"})));
    CHECK((made == statistics({"replay", "x.journal", "--workers", "2"})));
}

TEST_CASE("statistics alone go to the standard output, and only the movers if asked") {
    const scratch dir;
    const auto done = run(dir, {"--count", "1000", "--figures", "jsonl", "--movers", "1"});
    CHECK(done.code == 0);
    CHECK(has(done.out, R"({"time":)"));
    CHECK(done.out.find('\n') == done.out.size() - 1);
    CHECK(has(done.err, "received 1000 = emitted 1000 + dropped 0 + rejected 0\n"));
}

TEST_CASE("invalid options of the statistics are refused") {
    const scratch dir;
    const auto refused = [&dir](std::vector<std::string> words, const std::string& why) {
        words.insert(words.begin(), {"--figures", "f.csv"});
        const auto done = run(dir, words);
        CHECK(done.code == 2);
        CHECK_MESSAGE(has(done.err, why), done.err);
    };
    refused({"--window", "soon"}, "--window: must be such as 500ms, 60s, 5m, not soon");
    refused({"--figures-every", "0s"}, "--figures-every: must be such as");
    refused({"--window", "10s", "--figures-every", "3s"}, "must be 1 to 3600 times");
    refused({"--window", "1s", "--figures-every", "2s"}, "must be 1 to 3600 times");
    refused({"--movers", "0"}, "must be at least 1");
    const auto table = run(dir, {"--figures", "table"});
    CHECK(table.code == 2);
    CHECK(has(table.err, "--figures: must be a file, jsonl, csv or bin, not table"));
    CHECK(run(dir, {"--figures", "jsonl", "--out", "csv"}).code == 2);
}
