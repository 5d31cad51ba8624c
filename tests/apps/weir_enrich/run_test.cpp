// weir-enrich as its users run it: files in, files out, and the counts in a line.

#include <doctest/doctest.h>

#include <csignal>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::outcome;
using weir_load_test::read_file;
using weir_load_test::scratch;
using weir_load_test::write_file;

namespace {

const std::string instruments =
    "instrument_id,symbol,name,currency,tick_size\n"
    "1,ACME,\"Acme, Inc.\",EUR,0.01\n"
    "2,ZORG,Zorg \"Z\" Industries,USD,0.05\n";
const std::string accounts = "user_id,name,tier,fee_rate\n10,Ann,gold,0.001\n11,Bob,bronze,0.002\n";
const std::string rates = "currency,rate\nEUR,1.5\nUSD,1\n";
const std::string trade_header = "trade_id,instrument_id,user_id,price,quantity,side,event_time\n";

// Three small tables in a directory of their own.
struct market {
    market() {
        write_file(dir / "instruments.csv", instruments);
        write_file(dir / "accounts.csv", accounts);
        write_file(dir / "rates.csv", rates);
    }

    outcome run(std::vector<std::string> more) const {
        std::vector<std::string> all{"run",        "--instruments", "instruments.csv",
                                     "--accounts", "accounts.csv",  "--rates",
                                     "rates.csv"};
        all.insert(all.end(), more.begin(), more.end());
        return weir_load_test::run(dir.path(), all, enrich);
    }
    /// With trades from a CSV file of these lines.
    outcome run_on(const std::string& lines, std::vector<std::string> more = {}) const {
        write_file(dir / "trades.csv", trade_header + lines);
        more.insert(more.begin(), {"--trades", "trades.csv", "--out", "out.jsonl"});
        return run(std::move(more));
    }
    std::string out() const { return read_file(dir / "out.jsonl"); }

    scratch dir;
};

/// Whether the counts of a run say that nothing is lost.
bool balanced(const std::string& err) {
    static const std::regex line(
        R"(received (\d+) = emitted (\d+) \+ dropped (\d+) \+ rejected (\d+)(?! \+ lost))");
    std::smatch n;
    if (!std::regex_search(err, n, line)) return false;
    return std::stoull(n[1]) == std::stoull(n[2]) + std::stoull(n[3]) + std::stoull(n[4]);
}

}  // namespace

TEST_CASE("a trade goes out with its instrument, its account, its notional and its fee") {
    const market m;
    const auto done = m.run_on("7,1,10,2.5,4,sell,99\n");
    CHECK(done.code == 0);
    CHECK(m.out() ==
          R"({"trade_id":7,"instrument_id":1,"user_id":10,"price":2.5,"quantity":4,"side":"sell",)"
          R"("event_time":99,"symbol":"ACME","instrument_name":"Acme, Inc.","currency":"EUR",)"
          R"("tick_size":0.01,"account_name":"Ann","tier":"gold","fee_rate":0.001,"notional":15,)"
          R"("fee":0.015,"accounts_version":1,"rates_version":1,"missing":""})"
          "\n");
    CHECK(done.err == "weir-enrich: received 1 = emitted 1 + dropped 0 + rejected 0\n");
}

TEST_CASE("a missing key drops the trade, or a row that says nothing stands in") {
    const market m;
    const std::string lines = "1,1,10,1,1,buy,0\n2,9,10,1,1,buy,0\n3,1,99,2,1,buy,0\n";
    const auto dropped = m.run_on(lines);
    CHECK(dropped.code == 3);
    CHECK(
        has(dropped.err,
            "received 3 = emitted 1 + dropped 2 + rejected 0; missing: instruments 1, accounts 1, "
            "rates 0"));
    CHECK_FALSE(has(m.out(), R"("trade_id":2)"));

    const auto kept = m.run_on(lines, {"--on-missing", "default"});
    CHECK(kept.code == 0);
    CHECK(has(m.out(), R"("trade_id":3,"instrument_id":1,"user_id":99)"));
    CHECK(has(m.out(), R"("account_name":"","tier":"","fee_rate":0,"notional":3,"fee":0,)"));
    // Of an instrument that is not known the currency is not known either.
    CHECK(has(kept.err,
              "emitted 3 + dropped 0 + rejected 0; missing: instruments 1, accounts 1, "
              "rates 1"));
}

TEST_CASE("a missing key sends the trade to the side output, as it came") {
    const market m;
    const auto done = m.run_on("1,1,10,1,1,buy,0\n2,9,10,1.25,3,sell,5\n",
                               {"--on-missing", "side-output", "--side-output", "side.csv"});
    CHECK(done.code == 3);
    CHECK(read_file(m.dir / "side.csv") == trade_header + "2,9,10,1.25,3,sell,5\n");
    CHECK(has(done.err, "received 2 = emitted 1 + dropped 0 + rejected 1"));
}

TEST_CASE("a record that is not a trade is rejected, named with its position, and counted") {
    const market m;
    const auto done = m.run_on("1,1,10,1,1,buy,0\nx,1,10,1,1,buy,0\n3,1,10,1,1,hold,0\n4,1\n");
    CHECK(done.code == 3);
    CHECK(has(done.err, "trades.csv: line 3: trade_id: cannot be \"x\": rejected"));
    CHECK(has(done.err, "trades.csv: line 4: side: cannot be \"hold\": rejected"));
    CHECK(has(done.err, "trades.csv: line 5"));
    CHECK(has(done.err, "received 4 = emitted 1 + dropped 0 + rejected 3"));
}

TEST_CASE("lines of JSON that are none are rejected, and the next one is read") {
    const market m;
    const std::string good =
        R"({"trade_id":1,"instrument_id":1,"user_id":10,"price":1,"quantity":1,"side":"buy","event_time":0})";
    write_file(m.dir / "in.jsonl", good + "\n{\"trade_id\":\n" + good + "\n");
    const auto done = m.run({"--trades", "in.jsonl", "--out", "out.jsonl"});
    CHECK(done.code == 3);
    CHECK(has(done.err, "in.jsonl: byte "));
    CHECK(has(done.err, "received 3 = emitted 2 + dropped 0 + rejected 1"));
}

TEST_CASE("invalid tables end the run before it begins, with an error that says why") {
    const market m;
    write_file(m.dir / "rates.csv", "currency,rate\nEUR,-1\n");
    auto done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(done.code == 1);
    CHECK(has(done.err, "rates.csv: line 2: rate: must be above 0"));
    write_file(m.dir / "rates.csv", "currency\nEUR\n");
    done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(done.code == 1);
    CHECK(has(done.err, "rates.csv: the header lacks \"rate\": it must name"));
    write_file(m.dir / "rates.csv", "currency;rate\nEUR;1\n");
    done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(has(done.err, "and names \"currency;rate\"; ';' seems to separate its fields"));
    write_file(m.dir / "rates.csv", "currency,rate,rate\nEUR,1,2\n");
    done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(has(done.err, "rates.csv: the header names \"rate\" twice"));
    write_file(m.dir / "rates.csv", "\x1f\x8b\x08");
    done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(has(done.err, "rates.csv: this is compressed by gzip"));
    write_file(m.dir / "rates.csv", rates);
    write_file(m.dir / "accounts.csv", accounts + "11,M\xfcller\x1b[2J,gold,0\n");
    done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(done.code == 1);
    CHECK(has(done.err, R"(accounts.csv: line 4: name: cannot be "M\xfcller\x1b[2J")"));
    write_file(m.dir / "accounts.csv", accounts + "10,Twice,gold,0\n");
    done = m.run_on("1,1,10,1,1,buy,0\n");
    CHECK(done.code == 1);
    CHECK(has(done.err, "accounts.csv: line 4: user_id: is there twice"));
}

TEST_CASE("what is written can be read, whatever the format") {
    const scratch dir;
    const auto go = [&dir](std::vector<std::string> words) {
        words.insert(words.begin(), "run");
        return weir_load_test::run(dir.path(), words, enrich);
    };
    // Trades that miss their instrument come out at the side as they went in.
    write_file(dir / "none.csv", "instrument_id,symbol,name,currency,tick_size\n99999,A,A,USD,1\n");
    std::string from = "generator";
    for (const std::string to : {"a.csv", "b.jsonl", "c.bin", "d.csv"}) {
        const auto done = go({"--trades", from, "--count", "3000", "--instruments", "none.csv",
                              "--on-missing", "side-output", "--side-output", to});
        CHECK(done.code == 3);
        CHECK(balanced(done.err));
        from = to;
    }
    CHECK(read_file(dir / "d.csv").size() > 100'000);
    CHECK(read_file(dir / "a.csv") == read_file(dir / "d.csv"));
}

TEST_CASE("the same seed gives the same bytes with any number of workers") {
    const scratch dir;
    std::vector<std::string> made;
    for (const std::string workers : {"1", "2", "4"}) {
        const auto done = weir_load_test::run(
            dir.path(),
            {"run", "--count", "20000", "--seed", "7", "--workers", workers, "--out", "out.csv"},
            enrich);
        CHECK(done.code == 0);
        made.push_back(read_file(dir / "out.csv"));
    }
    CHECK(made[0].size() > 1'000'000);
    CHECK(made[0] == made[1]);
    CHECK(made[0] == made[2]);
}

TEST_CASE("the generator changes accounts and rates while trades pass") {
    const scratch dir;
    weir_load_test::program p(dir.path(),
                              {"run", "--rate", "1000", "--account-changes", "2000",
                               "--rate-changes", "1000", "--out", "jsonl"},
                              enrich);
    const std::regex changed(R"("accounts_version":\d{2,},"rates_version":\d{2,})");
    std::optional<std::string> line;
    while ((line = p.out_line()) && !std::regex_search(*line, changed)) {
    }
    CHECK(line);
    p.signal(SIGTERM);
    while (p.out_line()) {
    }
    CHECK(p.wait() == 130);
}

TEST_CASE("a signal drains what was read, and the books balance") {
    const scratch dir;
    weir_load_test::program p(dir.path(), {"run", "--out", "jsonl"}, enrich);
    CHECK(p.out_line());
    p.signal(SIGTERM);
    while (p.out_line()) {
    }
    std::string err;
    while (const auto line = p.err_line()) err += *line + '\n';
    CHECK(p.wait() == 130);
    CHECK(balanced(err));
}

TEST_CASE(
    "an output that cannot be written ends the run, with an error that names it and the books") {
    const scratch dir;
    weir_load_test::limits small = enrich;
    small.file_size = 100'000;
    const auto done =
        weir_load_test::run(dir.path(), {"run", "--count", "100000", "--out", "out.csv"}, small);
    CHECK(done.code == 1);
    CHECK(has(done.err, "cannot write out.csv: File too large"));
    CHECK(has(done.err, " + lost "));
}

TEST_CASE("the command line is checked") {
    const scratch dir;
    const auto refused = [&dir](std::vector<std::string> words, const std::string& why) {
        const auto done = weir_load_test::run(dir.path(), words, enrich);
        CHECK(done.code == 2);
        CHECK_MESSAGE(has(done.err, why), done.err);
    };
    refused({"run", "--trades", "trades.txt"}, "trades.txt: must end in .csv, .jsonl or .bin");
    refused({"run", "--trades", "tcp://nowhere"}, "tcp://nowhere: must be tcp://ADDRESS:PORT");
    refused({"run", "--on-missing", "cry"},
            "--on-missing: must be drop, default, side-output or wait=DURATION, not cry");
    refused({"run", "--out", "table", "--out", "jsonl"}, "only one of --out and --figures can be");
    refused({"run", "--count", "-1"}, "must be a whole number");
    refused({"run", "--count", "18446744073709551616"}, "--count: must be at most");
    refused({"run", "--out", "trades.txt"}, "--out: trades.txt: must end in");
    refused({"run", "--out", "tcp://here:1"}, "--out: tcp://here:1: here is no address");
    refused({"run", "--rates", "sqlite:x"}, "--rates: sqlite:x: names no table");
    refused({"demo", "--seconds", "99999999999"}, "--seconds: must be at most");
    refused({"trades.csv"}, "weir-enrich run --trades trades.csv");
    refused({"run", "--trades", "a.csv", "--rate", "5"}, "only the generator has one");
    refused({"run", "--accounts", "a.csv", "--account-changes", "5"},
            "--account-changes: only the generator has them");
    refused({"run", "--rate-changes", "0"}, "must be at least 1");
    refused({"run", "--instruments", "tcp://127.0.0.1:0"}, "--instruments: they stand still");
    refused({}, "subcommand");
}

TEST_CASE("the demo shows a line a second where there is no terminal") {
    const scratch dir;
    const auto done =
        weir_load_test::run(dir.path(), {"demo", "--seconds", "2", "--rate", "2000"}, enrich);
    CHECK(done.code == 0);
    CHECK(has(done.out, " trades/s  p50 "));
    CHECK(has(done.out, "accounts v"));
    CHECK(has(done.out, "received 4000 = emitted 4000 + dropped 0 + rejected 0\n"));
}
