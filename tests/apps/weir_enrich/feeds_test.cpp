// weir-enrich with tables that feeds fill and change: files that grow, and clients.

#include "feeds.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

using namespace weir_enrich_test;
using weir_load_test::program;
using weir_load_test::scratch;
using weir_load_test::write_file;

namespace {

std::string put(int user, const std::string& tier) {
    return R"({"op":"put","user_id":)" + std::to_string(user) + R"(,"name":"A","tier":")" + tier +
           R"(","fee_rate":0.5})" + "\n";
}
const std::string complete = "{\"op\":\"complete\"}\n";
const std::string start_over = "{\"op\":\"start-over\"}\n";

std::string tier(std::string_view name) {
    return R"("tier":")" + std::string(name) + '"';
}

void append(const std::filesystem::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

// The program, with accounts from an endpoint.
struct run_with {
    run_with(const scratch& dir, const std::string& accounts)
        : p(dir.path(),
            {"run", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--accounts", accounts, "--out",
             "jsonl"},
            enrich) {}

    // Interrupts it, and looks at its end.
    void end(const std::string& books) {
        p.signal(SIGTERM);
        line_with(p, books);
        CHECK(p.wait() == 130);
    }

    program p;
};

}  // namespace

TEST_CASE("a table that clients fill and change: whole at once, then change by change") {
    const scratch dir;
    run_with r(dir, "tcp://127.0.0.1:0?format=jsonl");
    const std::string port = line_with(r.p, "accounts: listening on ");
    trades_in trades(r.p, line_with(r.p, "trades: listening on "));
    trades.send_one();  // waits at the gate
    {
        client gone(port);
        gone.send(put(1, "wrong"));
    }  // vanishes before its snapshot is complete
    line_with(r.p,
              "accounts: a snapshot ended before it was complete, with 1 rows; the table is "
              "still waited for");
    client feed(port);
    feed.send(put(1, "gold") + put(2, "gold") + complete);
    CHECK(has(r.p.out_line().value_or(""), tier("gold")));
    feed.send(put(1, "iron"));
    CHECK(has(trades.until(tier("iron")), R"("accounts_version":2)"));
    // No trade sees a part of a new snapshot; one that vanishes in the middle leaves the old one.
    {
        client half(port);
        half.send(start_over + put(1, "lead"));
        line_with(r.p, " connected");
        CHECK(has(trades.enriched(), tier("iron")));
    }
    line_with(r.p, "stays in use");
    CHECK(has(trades.enriched(), tier("iron")));
    feed.send(start_over + put(1, "lead") + put(1, "zinc") + complete);
    CHECK(has(trades.until(tier("zinc")), R"("accounts_version":3)"));
    r.end("rejected 0");
}

TEST_CASE("updates that make no sense are named, counted and left out") {
    const scratch dir;
    program p(dir.path(),
              {"run", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--rates",
               "tcp://127.0.0.1:0?format=jsonl", "--out", "jsonl"},
              enrich);
    client feed(line_with(p, "rates: listening on "));
    trades_in trades(p, line_with(p, "trades: listening on "));
    const std::string good = R"({"op":"put","currency":"EUR","rate":1})"
                             "\n";
    std::string whole;
    for (const char* currency : {"USD", "EUR", "GBP", "JPY", "CHF", "SEK"}) {
        whole += R"({"op":"put","currency":")" + std::string(currency) +
                 R"(","rate":1})"
                 "\n";
    }
    feed.send(whole + complete);
    CHECK(has(trades.enriched(), R"("rates_version":1,)"));
    feed.send(good +
              R"({"op":"put","currency":"EUR","rate":0})"
              "\n" +
              good);
    CHECK(has(line_with(p, "left out"),
              "line 9, byte 291: field 'rate' is out of range: must be above 0: left out"));
    feed.send(R"({"op":"grow","currency":"EUR"})"
              "\n"
              R"({"op":"put","currency":"EUR"})"
              "\n");
    CHECK(has(line_with(p, "left out"), "field 'op' has a value that its type does not know"));
    CHECK(has(line_with(p, "left out"), "field 'rate' is missing"));
    feed.send(R"({"op":"remove"})"
              "\n"
              R"({"op":"remove","currency":"no currency"})"
              "\n" +
              good);
    CHECK(has(line_with(p, "left out"), "field 'currency' is missing"));
    trades.until(R"("rates_version":5,)");
    p.signal(SIGTERM);
    CHECK(has(line_with(p, "received "), "; updates left out: accounts 0, rates 4"));
    CHECK(p.wait() == 130);
}

TEST_CASE("a table is followed as its file grows, and again when another file replaces it") {
    const scratch dir;
    write_file(dir / "a.jsonl", put(1, "gold"));
    run_with r(dir, "a.jsonl");
    trades_in trades(r.p, line_with(r.p, "trades: listening on "));
    trades.send_one();
    append(dir / "a.jsonl", complete);
    CHECK(has(r.p.out_line().value_or(""), tier("gold")));
    append(dir / "a.jsonl", put(1, "iron").substr(0, 20));
    append(dir / "a.jsonl", put(1, "iron").substr(20));
    trades.until(tier("iron"));

    const auto move_over = [&dir](const std::string& text) {
        write_file(dir / "new", text);
        std::filesystem::rename(dir / "new", dir / "a.jsonl");
    };
    move_over("garbage\n" + put(1, "lead"));
    line_with(r.p, "a.jsonl: replaced, and read from its begin");
    CHECK(has(line_with(r.p, "left out"), "a.jsonl: line 1, byte 0: the line is not"));
    CHECK(has(trades.enriched(), tier("iron")));
    std::filesystem::resize_file(dir / "a.jsonl", 0);
    line_with(r.p, "a.jsonl: cut off, and read from its begin");
    line_with(r.p, "stays in use");
    CHECK(has(trades.enriched(), tier("iron")));
    append(dir / "a.jsonl", put(1, "zinc") + complete);
    trades.until(tier("zinc"));
    r.end("rejected 0");
}

TEST_CASE("a file of frames that is broken leaves the table as it is, until it is replaced") {
    const scratch dir;
    write_file(dir / "a.bin", "no frame at all");
    run_with r(dir, "a.bin");
    const std::string line = line_with(r.p, "trades: listening on ");
    CHECK(has(line_with(r.p, "left out"), "a.bin: byte 0: this is not the begin of a frame"));
    CHECK(has(line_with(r.p, "beyond the broken frame"), "the table is still waited for"));
    r.end("received 0 = emitted 0 + dropped 0 + rejected 0");
}

TEST_CASE("a feed's file that is not there ends the run before it begins") {
    const scratch dir;
    const auto done = weir_load_test::run(dir.path(), {"run", "--accounts", "none.jsonl"}, enrich);
    CHECK(done.code == 1);
    CHECK(has(done.err, "cannot open none.jsonl: No such file or directory"));
}

TEST_CASE("while a table is waited for no trade is taken, and a signal ends that at once") {
    const scratch dir;
    program p(dir.path(), {"run", "--accounts", "tcp://127.0.0.1:0", "--drain-within", "600"},
              enrich);
    line_with(p, "accounts: listening on ");
    p.signal(SIGTERM);
    line_with(p, "received 0 = emitted 0 + dropped 0 + rejected 0");
    CHECK(p.wait() == 130);
}

TEST_CASE(
    "tables behind links are read again: a target that is rewritten, a link that is swapped") {
    const scratch dir;
    const auto publish = [&dir](const std::string& version, const std::string& tier) {
        std::filesystem::create_directory(dir / version);
        write_file(dir / version / "accounts.csv",
                   "user_id,name,tier,fee_rate\n1,Ann," + tier + ",0.5\n");
        std::filesystem::create_directory_symlink(version, dir / "..new");
        std::filesystem::rename(dir / "..new", dir / "..data");
    };
    publish("1", "bronze");
    std::filesystem::create_symlink("..data/accounts.csv", dir / "accounts.csv");
    run_with r(dir, "accounts.csv");
    trades_in trades(r.p, line_with(r.p, "trades: listening on "));
    CHECK(has(trades.enriched(), tier("bronze")));
    publish("2", "silver");
    line_with(r.p, "accounts.csv: read again");
    trades.until(tier("silver"));
    write_file(dir / "2" / "accounts.csv", "user_id,name,tier,fee_rate\n1,Ann,gold,0.5\n");
    line_with(r.p, "accounts.csv: read again");
    trades.until(tier("gold"));
    // An invalid table does not replace it.
    std::filesystem::remove(dir / "accounts.csv");
    REQUIRE(::mkfifo((dir / "new").c_str(), 0600) == 0);
    std::filesystem::rename(dir / "new", dir / "accounts.csv");
    CHECK(
        has(line_with(r.p, "stays in use"), "accounts.csv: is a pipe; it must be a regular file"));
    CHECK(has(trades.enriched(), tier("gold")));
    r.end("+ dropped 0 + rejected 0");
}
