// weir-enrich with tables in SQLite databases, which others change while trades pass.

#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::program;
using weir_load_test::scratch;
namespace sqlite = weir::sqlite;

namespace {

const std::string make_tables =
    "CREATE TABLE instruments (note TEXT, tick_size REAL, currency TEXT, name TEXT, symbol TEXT,"
    "  instrument_id INTEGER);"
    "INSERT INTO instruments VALUES ('x', 0.01, 'EUR', 'Acme', 'ACME', 1);"
    "CREATE TABLE \"the \"\"accounts\"\"\" (user_id INTEGER, name TEXT, tier TEXT, fee_rate REAL);"
    "INSERT INTO \"the \"\"accounts\"\"\" VALUES (1, 'Ann', 'gold', 0.5);"
    "CREATE TABLE rates (currency TEXT, rate REAL);"
    "INSERT INTO rates VALUES ('EUR', 2);";

}  // namespace

TEST_CASE("tables come from a database, and are read again when it has changed") {
    const scratch dir;
    sqlite::database db(dir / "tables.db");
    db.exec(make_tables);
    program p(dir.path(),
              {"run", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--instruments",
               "sqlite:tables.db?table=instruments", "--accounts",
               "sqlite:tables.db?table=the \"accounts\"&every=10ms", "--rates",
               "sqlite:tables.db?table=rates&every=10ms", "--out", "jsonl"},
              enrich);
    trades_in trades(p, line_with(p, "trades: listening on "));
    CHECK(has(trades.enriched(), R"("symbol":"ACME","instrument_name":"Acme","currency":"EUR")"));
    CHECK(has(trades.enriched(), R"("fee_rate":0.5,"notional":2,)"));

    db.exec("UPDATE rates SET rate = 3");
    line_with(p, "tables.db: read again, 1 rows");
    CHECK(has(trades.until(R"("notional":3,)"), R"("rates_version":)"));

    // A table with a fault is not used, whatever else it says; and again when it is in order.
    db.exec("BEGIN; UPDATE rates SET rate = 4; INSERT INTO rates VALUES ('USD', -1); COMMIT");
    CHECK(has(line_with(p, "stays in use"),
              "tables.db: table rates: row 2 (currency USD): rate: must be above 0"));
    CHECK(has(trades.enriched(), R"("notional":3,)"));
    db.exec("UPDATE rates SET rate = 'much' WHERE currency = 'USD'");
    const std::string much = line_with(p, "stays in use");
    CHECK_MESSAGE(has(much, "column rate holds "), much);
    CHECK_MESSAGE(has(much, "(row 2, currency USD)"), much);
    CHECK(has(trades.enriched(), R"("notional":3,)"));
    db.exec("UPDATE rates SET rate = 1 WHERE currency = 'USD'");
    trades.until(R"("notional":4,)");
    p.signal(SIGTERM);
    line_with(p, "+ dropped 0 + rejected 0");
    CHECK(p.wait() == 130);
}

TEST_CASE("a database that was replaced, by another or by garbage, is opened again") {
    const scratch dir;
    const auto make = [&dir](const std::string& rate) {
        sqlite::database db(dir / "new.db");
        db.exec(
            "CREATE TABLE rates (currency TEXT, rate REAL);"
            "INSERT INTO rates VALUES ('USD', 1), ('EUR', " +
            rate +
            "), ('GBP', 1),"
            " ('JPY', 1), ('CHF', 1), ('SEK', 1)");
    };
    const auto put_in_place = [&dir] { std::filesystem::rename(dir / "new.db", dir / "rates.db"); };
    make("1");
    put_in_place();
    program p(dir.path(),
              {"run", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--rates",
               "sqlite:rates.db?table=rates&every=10ms", "--out", "jsonl"},
              enrich);
    trades_in trades(p, line_with(p, "trades: listening on "));
    CHECK(has(trades.enriched(), R"("rates_version":1,)"));
    weir_load_test::write_file(dir / "new.db", std::string(4096, 'x'));
    put_in_place();
    CHECK(has(line_with(p, "stays in use"), "rates.db: cannot open: file is not a database"));
    CHECK(has(trades.enriched(), R"("rates_version":1,)"));
    make("2");
    put_in_place();
    trades.until(R"("rates_version":2,)");
    p.signal(SIGTERM);
    line_with(p, "+ dropped 0 + rejected 0");
    CHECK(p.wait() == 130);
}

TEST_CASE("an invalid database ends the run before it begins") {
    const scratch dir;
    sqlite::database db(dir / "tables.db");
    db.exec(make_tables);
    const auto failed = [&dir](const std::string& option, const std::string& place,
                               const std::string& why) {
        const auto done =
            weir_load_test::run(dir.path(), {"run", "--count", "1", option, place}, enrich);
        CHECK(done.code == 1);
        CHECK_MESSAGE(has(done.err, why), done.err);
    };
    failed("--rates", "sqlite:none.db?table=rates", "none.db: cannot open: it does not exist");
    failed("--rates", "sqlite:tables.db?table=instruments",
           R"(tables.db: cannot read "instruments": )");
    failed("--accounts", "sqlite:tables.db?table=x; DROP TABLE rates",
           R"(cannot read "x; DROP TABLE rates")");
    CHECK(db.row_count("rates") == 1);
    db.exec("INSERT INTO rates VALUES ('EUR', 1)");
    failed("--rates", "sqlite:tables.db?table=rates",
           "tables.db: table rates: row 2 (currency EUR): currency: is there twice");
}
