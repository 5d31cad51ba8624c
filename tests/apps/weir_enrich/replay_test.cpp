// Recording and replaying, as their users do: the same bytes again, with any number of workers.

#include <weir/core/asio.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::outcome;
using weir_load_test::program;
using weir_load_test::read_file;
using weir_load_test::scratch;
using weir_load_test::write_file;

namespace {

const std::string accounts = "user_id,name,tier,fee_rate\n";

outcome go(const scratch& dir, const std::vector<std::string>& words) {
    return weir_load_test::run(dir.path(), words, enrich);
}

std::string trade_line(int id, int user) {
    return R"({"trade_id":)" + std::to_string(id) + R"(,"instrument_id":1,"user_id":)" +
           std::to_string(user) +
           R"(,"price":1,"quantity":1,"side":"buy","event_time":0})"
           "\n";
}

/// Replays `dir`/x.journal at 1, 2 and 4 workers, and compares with what the run wrote.
void check_replays(const scratch& dir, const std::string& ledger) {
    for (const std::string workers : {"1", "2", "4"}) {
        const auto again = go(dir, {"replay", "x.journal", "--workers", workers, "--out", "b.csv",
                                    "--out", "b.jsonl", "--out", "b.bin"});
        CHECK_MESSAGE(has(again.err, ledger), again.err);
        for (const std::string kind : {"csv", "jsonl", "bin"}) {
            // Not CHECK(a == b), which would print them.
            const bool same = read_file(dir / ("a." + kind)) == read_file(dir / ("b." + kind));
            CHECK_MESSAGE(same, kind << " with workers: " << workers);
        }
    }
}

/// A run that writes a.csv, a.jsonl and a.bin, and x.journal.
std::vector<std::string> recorded(std::vector<std::string> more) {
    more.insert(more.begin(), {"run", "--record", "x.journal", "--out", "a.csv", "--out", "a.jsonl",
                               "--out", "a.bin"});
    return more;
}

/// A run of which trades are sent by a client and accounts are a file.
struct live_run {
    explicit live_run(const std::string& users, std::vector<std::string> more = {}) {
        write_file(dir / "accounts.csv", accounts + users);
        more.insert(more.end(), {"--accounts", "accounts.csv", "--trades",
                                 "tcp://127.0.0.1:0?format=jsonl", "--out", "jsonl"});
        p.emplace(dir.path(), recorded(std::move(more)), enrich);
        trades.emplace(line_with(*p, "trades: listening on "));
    }
    void send(const std::string& text) { trades->send(text); }
    std::string enriched() { return p->out_line().value_or(""); }
    void replace(const std::string& users) {
        write_file(dir / "new.csv", accounts + users);
        std::filesystem::rename(dir / "new.csv", dir / "accounts.csv");
        line_with(*p, "read again");
    }
    /// The books.
    std::string stop() {
        p->signal(SIGTERM);
        const std::string books = line_with(*p, "received ");
        CHECK(p->wait() == 130);
        return books;
    }

    scratch dir;
    std::optional<program> p;
    std::optional<client> trades;
};

}  // namespace

TEST_CASE("a replay gives the bytes of the run, at any number of workers") {
    live_run live("1,Ann,gold,0.5\n");
    int id = 0;
    const auto send_until = [&](const std::string& part) {
        std::string line;
        while (!has(line, part)) {
            live.send(trade_line(++id, 1));
            live.send(trade_line(++id, 2));  // not there, at first
            line = live.enriched();
        }
    };
    send_until("gold");
    live.replace("1,Ann,iron,0.25\n2,Bob,iron,0\n");
    send_until("Bob");
    live.replace("1,Ann,tin,0.125\n");
    send_until("tin");
    const std::string books = live.stop();
    check_replays(live.dir, books.substr(0, books.find(';')));
}

TEST_CASE("tables that change while trades pass change at the same trades again") {
    const scratch dir;
    const auto done = go(dir, recorded({"--count", "8000", "--rate", "20000", "--account-changes",
                                        "5000", "--rate-changes", "300", "--figures", "f.csv",
                                        "--figures-every", "100ms", "--window", "1s"}));
    REQUIRE(done.code == 0);
    const std::string last = read_file(dir / "a.csv");
    // The versions of both tables stand at the end of each line.
    CHECK_FALSE(last.ends_with(",1,1\n"));
    check_replays(dir, "received 8000 = emitted 8000");
    const auto again = go(dir, {"replay", "x.journal", "--figures", "g.csv", "--figures-every",
                                "100ms", "--window", "1s"});
    CHECK(again.code == 0);
    CHECK(read_file(dir / "f.csv") == read_file(dir / "g.csv"));
}

TEST_CASE("a journal has the trades that waited in the order in which they passed") {
    live_run live("1,Ann,gold,0.5\n", {"--on-missing", "wait=1h"});
    live.send(trade_line(1, 2) + trade_line(2, 1) + trade_line(3, 3));
    CHECK(has(live.enriched(), R"("trade_id":2,)"));
    live.replace("1,Ann,gold,0.5\n2,Bob,iron,0\n");
    CHECK(has(live.enriched(), R"("trade_id":1,)"));
    const std::string books = live.stop();
    // The drain does not wait.
    CHECK(has(books,
              "received 3 = emitted 2 + dropped 1 + rejected 0; missing: instruments 0, "
              "accounts 1, rates 0; waited 2, in vain 1, too many 0"));
    check_replays(live.dir,
                  "received 3 = emitted 2 + dropped 1 + rejected 0; missing: "
                  "instruments 0, accounts 1, rates 0");
}

TEST_CASE("a trade that waits in vain is dropped at the end of the input") {
    const scratch dir;
    write_file(dir / "accounts.csv", accounts + "1,Ann,gold,0.5\n");
    write_file(dir / "in.jsonl", trade_line(1, 2) + trade_line(2, 1));
    const auto done = go(dir, recorded({"--trades", "in.jsonl", "--accounts", "accounts.csv",
                                        "--on-missing", "wait=50ms"}));
    CHECK(done.code == 3);
    CHECK(has(done.err, "received 2 = emitted 1 + dropped 1 + rejected 0"));
    CHECK(has(done.err, "; waited 1, in vain 1, too many 0"));
    check_replays(dir, "received 2 = emitted 1 + dropped 1 + rejected 0");
}

TEST_CASE("a replay diverts what the run diverted") {
    const scratch dir;
    write_file(dir / "accounts.csv", accounts + "1,Ann,gold,0.5\n");
    const auto done = go(dir, recorded({"--count", "1000", "--accounts", "accounts.csv",
                                        "--on-missing", "side-output", "--side-output", "s.csv"}));
    CHECK(done.code == 3);
    const std::string books = done.err.substr(0, done.err.find(';'));
    check_replays(dir, books);
    const auto again = go(dir, {"replay", "x.journal", "--out", "b.csv", "--side-output", "t.csv"});
    CHECK(again.code == 3);
    CHECK(read_file(dir / "s.csv") == read_file(dir / "t.csv"));
    CHECK(read_file(dir / "s.csv").size() > 1'000);
}

TEST_CASE(
    "the readable part of a truncated journal is replayed, and the error names the position") {
    const scratch dir;
    REQUIRE(go(dir, recorded({"--count", "2000"})).code == 0);
    const std::string whole = read_file(dir / "x.journal");
    const std::string part = whole.substr(0, whole.size() - 10'000);
    write_file(dir / "part.journal", part);
    const auto cut = go(dir, {"replay", "part.journal", "--out", "b.csv"});
    CHECK(cut.code == 1);
    CHECK_MESSAGE(has(cut.err, "part.journal: byte "), cut.err);
    CHECK(has(cut.err, "ended inside a frame"));
    CHECK(has(cut.err, " + dropped 0 + rejected 0\n"));
    const std::string written = read_file(dir / "b.csv");
    CHECK(written.size() > 100'000);
    CHECK(read_file(dir / "a.csv").starts_with(written));

    write_file(dir / "none.journal", "no journal at all");
    const auto none = go(dir, {"replay", "none.journal"});
    CHECK(none.code == 1);
    CHECK(has(none.err, "none.journal: byte 0: "));
    const auto nothing = go(dir, {"replay", "nothing.journal"});
    CHECK(nothing.code == 1);
    CHECK(has(nothing.err, "cannot open nothing.journal: No such file"));
}

TEST_CASE("a replay is paced where it is asked for") {
    const scratch dir;
    REQUIRE(go(dir, recorded({"--count", "100", "--rate", "1000"})).code == 0);
    const auto again = go(dir, {"replay", "x.journal", "--speed", "2x", "--out", "b.csv"});
    CHECK(again.code == 0);
    CHECK(read_file(dir / "a.csv") == read_file(dir / "b.csv"));
    const auto refused = go(dir, {"replay", "x.journal", "--speed", "fast"});
    CHECK(refused.code == 2);
    CHECK(has(refused.err, "--speed: must be such as 10x, not fast"));
    const auto impatient = go(dir, {"run", "--on-missing", "wait=long"});
    CHECK(impatient.code == 2);
    CHECK(has(impatient.err, "--on-missing: must be such as wait=500ms, not wait=long"));
}

TEST_CASE("a journal that cannot be written ends the run, with an error that names it") {
    const scratch dir;
    weir_load_test::limits small = enrich;
    small.file_size = 1'000'000;
    const auto done = weir_load_test::run(
        dir.path(), {"run", "--count", "100", "--record", "x.journal", "--out", "a.csv"}, small);
    CHECK(done.code == 1);
    CHECK(has(done.err, "cannot write x.journal: File too large"));
}
