// weir-enrich destroys nothing: what is read is not written, what is written is written by one
// output alone, and the files of the run before stay until all that a run needs is there.

#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>
#include <shared/exit_code.hpp>
#include <shared/used_files.hpp>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::outcome;
using weir_load_test::program;
using weir_load_test::read_file;
using weir_load_test::scratch;
using weir_load_test::write_file;
namespace fs = std::filesystem;

namespace {

const std::string one_trade =
    "trade_id,instrument_id,user_id,price,quantity,side,event_time\n1,1,1,1,1,buy,0\n";
const std::string one_rate = "currency,rate\nUSD,1\n";

struct market {
    market() {
        write_file(dir / "trades.csv", one_trade);
        write_file(dir / "rates.csv", one_rate);
        fs::create_symlink("trades.csv", dir / "link.csv");
        fs::create_hard_link(dir / "trades.csv", dir / "hard.csv");
        fs::create_symlink("later.csv", dir / "dangling.csv");
    }
    outcome run(std::vector<std::string> words) const {
        words.insert(words.begin(), {"run", "--trades", "trades.csv", "--rates", "rates.csv"});
        return weir_load_test::run(dir.path(), words, enrich);
    }
    void refuse(const std::vector<std::string>& words, const std::string& why) const {
        const auto done = run(words);
        CHECK_MESSAGE(done.code == 2, done.err);
        CHECK_MESSAGE(has(done.err, why), done.err);
        CHECK(read_file(dir / "trades.csv") == one_trade);
        CHECK(read_file(dir / "rates.csv") == one_rate);
    }
    scratch dir;
};

}  // namespace

TEST_CASE("a file that is read cannot be written, by whatever name") {
    const market m;
    for (const std::string name : {"trades.csv", "./trades.csv", "link.csv", "hard.csv"}) {
        const std::string both = "--trades trades.csv and --";
        m.refuse({"--out", name}, both + "out " + name + " are the same file");
        m.refuse({"--out", "out.csv", "--figures", name}, both + "figures " + name);
        m.refuse({"--record", name}, both + "record " + name);
        m.refuse({"--on-missing", "side-output", "--side-output", name}, both + "side-output ");
    }
    m.refuse({"--out", "rates.csv"}, "--rates rates.csv and --out rates.csv are the same file");
    CHECK_FALSE(fs::exists(m.dir / "out.csv"));
}

TEST_CASE("two outputs cannot be one file, be it there or not") {
    const market m;
    m.refuse({"--out", "a.csv", "--out", "./a.csv"}, "each needs one of its own");
    m.refuse({"--out", "later.csv", "--figures", "dangling.csv"}, "each needs one of its own");
    m.refuse({"--out", "a.bin", "--record", "../" + m.dir.path().filename().string() + "/a.bin"},
             "--record");
    CHECK_FALSE(fs::exists(m.dir / "a.csv"));
    // Devices have room for any number.
    CHECK(m.run({"--out", "csv:/dev/null", "--figures", "csv:/dev/null"}).code == 3);
}

TEST_CASE("a table of a database cannot be read and written, but two tables of one can") {
    const market m;
    {
        weir::sqlite::database db(m.dir / "t.db");
        db.exec(
            "CREATE TABLE rates (currency TEXT, rate REAL); INSERT INTO rates VALUES ('USD', 1)");
    }
    const std::string rates = "sqlite:t.db?table=rates";
    const auto go = [&](const std::vector<std::string>& out) {
        std::vector<std::string> words{"run", "--trades", "trades.csv", "--rates", rates};
        words.insert(words.end(), out.begin(), out.end());
        return weir_load_test::run(m.dir.path(), words, enrich);
    };
    const auto same = go({"--out", "sqlite:t.db?table=RATES"});
    CHECK(same.code == 2);
    CHECK_MESSAGE(has(same.err, "are the same table"), same.err);
    CHECK(go({"--out", "csv:t.db"}).code == 2);
    CHECK(go({"--out", "csv:t.db-wal"}).code == 2);
    CHECK(go({"--out", "sqlite:u.db?table=a", "--out", "sqlite:./u.db?table=A"}).code == 2);
    CHECK(go({"--out", "sqlite:t.db?table=a", "--out", "sqlite:t.db?table=b"}).code == 3);
}

TEST_CASE("a replay does not overwrite its journal") {
    const market m;
    REQUIRE(m.run({"--record", "x.journal", "--out", "a.csv"}).code == 3);
    const std::string journal = read_file(m.dir / "x.journal");
    const auto done = weir_load_test::run(
        m.dir.path(), {"replay", "x.journal", "--out", "csv:x.journal"}, enrich);
    CHECK(done.code == 2);
    CHECK(read_file(m.dir / "x.journal") == journal);
}

TEST_CASE("a run that cannot begin leaves the outputs of the run before as they are") {
    const market m;
    const std::vector<std::string> names = {"out.csv", "figures.csv", "x.journal", "side.csv"};
    for (const std::string& name : names) write_file(m.dir / name, "of the run before");
    write_file(m.dir / "bad.csv", "currency,rate\nUSD,none\n");
    write_file(m.dir / "broken.db", std::string(4096, 'x'));
    REQUIRE(::mkfifo((m.dir / "pipe.csv").c_str(), 0600) == 0);
    const auto fails = [&](const std::vector<std::string>& more, const std::string& why) {
        std::vector<std::string> words{"run",         "--out",         "out.csv",   "--figures",
                                       "figures.csv", "--record",      "x.journal", "--on-missing",
                                       "side-output", "--side-output", "side.csv"};
        words.insert(words.end(), more.begin(), more.end());
        const auto done = weir_load_test::run(m.dir.path(), words, enrich);
        CHECK_MESSAGE(done.code == 1, done.err);
        CHECK_MESSAGE(has(done.err, why), done.err);
        for (const std::string& name : names) {
            CHECK_MESSAGE(read_file(m.dir / name) == "of the run before", name << " " << done.err);
        }
    };
    fails({"--trades", "none.csv"}, "cannot open none.csv");
    fails({"--trades", "none.jsonl"}, "cannot open none.jsonl");
    fails({"--trades", "rates.csv"}, "rates.csv: ");
    fails({"--trades", "trades.csv", "--rates", "bad.csv"}, "bad.csv: line 2");
    fails({"--trades", "trades.csv", "--accounts", "none.csv"}, "cannot open none.csv");
    fails({"--trades", "trades.csv", "--accounts", "none.jsonl"}, "none.jsonl");
    fails({"--trades", "trades.csv", "--rates", "csv:pipe.csv"}, "pipe.csv: is a pipe");
    fails({"--trades", "trades.csv", "--accounts", "jsonl:pipe.csv"}, "pipe.csv");
    fails({"--trades", "trades.csv", "--rates", "csv:/dev/zero"}, "/dev/zero: is a device");
    fails({"--trades", "trades.csv", "--rates", "sqlite:pipe.csv?table=t"}, "pipe.csv: is a pipe");
    fails({"--trades", "trades.csv", "--out", "no/where.csv"}, "cannot create no/where.csv");
    fails({"--trades", "trades.csv", "--out", "sqlite:broken.db?table=t"}, "broken.db");
    fails({"--trades", "trades.csv", "--out", "sqlite:pipe.csv?table=t"}, "pipe.csv: is a pipe");
    fails({"--trades", "trades.csv", "--out", "tcp://192.0.2.1:1"}, "192.0.2.1");
}

TEST_CASE(
    "the journal has what any output has, and the side output what was decided, at any time") {
    const scratch dir;
    write_file(dir / "accounts.csv", "user_id,name,tier,fee_rate\n1,Ann,gold,0\n");
    program p(dir.path(),
              {"run", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--accounts", "accounts.csv",
               "--record", "x.journal", "--out", "jsonl", "--on-missing", "side-output",
               "--side-output", "side.csv"},
              enrich);
    trades_in trades(p, line_with(p, "trades: listening on "));
    trades.enriched();
    // Missing, and only seen to have been decided when what comes behind it is out.
    trades.send(R"({"trade_id":77,"instrument_id":1,"user_id":9,"price":1,"quantity":1,)"
                R"("side":"buy","event_time":0})"
                "\n");
    trades.enriched();
    p.signal(SIGKILL);
    CHECK(p.wait() == -SIGKILL);
    CHECK(has(read_file(dir / "side.csv"), "\n77,1,9,1,1,buy,0\n"));
    const auto again = weir_load_test::run(
        dir.path(), {"replay", "x.journal", "--out", "csv", "--side-output", "again.csv"}, enrich);
    CHECK(again.code == 1);  // it has no end
    CHECK_MESSAGE(has(again.err, "received 3 = emitted 2 + dropped 0 + rejected 1;"), again.err);
}

TEST_CASE("trades that were lost with the side output are lost in the books") {
    const scratch dir;
    write_file(dir / "none.csv", "instrument_id,symbol,name,currency,tick_size\n99999,A,A,USD,1\n");
    weir_load_test::limits small = enrich;
    small.file_size = 50'000;
    const auto done =
        weir_load_test::run(dir.path(),
                            {"run", "--count", "100000", "--instruments", "none.csv",
                             "--on-missing", "side-output", "--side-output", "side.bin"},
                            small);
    CHECK(done.code == 1);
    CHECK_MESSAGE(has(done.err, "cannot write side.bin: File too large"), done.err);
    CHECK_MESSAGE(has(done.err, " + lost "), done.err);
    // As many as are whole in it: what is around a frame has 16 bytes, a trade 40.
    const auto at = done.err.find("rejected ");
    REQUIRE(at != done.err.npos);
    CHECK(std::stoull(done.err.substr(at + 9)) == 50'000 / (16 + 40));
}

TEST_CASE("files are told apart by what they are, not by their names") {
    const scratch dir;
    write_file(dir / "a", "");
    fs::create_symlink("a", dir / "b");
    fs::create_directory_symlink(".", dir / "here");
    const auto refused = [&](const fs::path& read, const fs::path& written) {
        weir_apps::used_files files;
        files.reads("read", read);
        files.writes("written", written);
        try {
            files.check();
        } catch (const weir_apps::usage_error&) {
            return true;
        }
        return false;
    };
    CHECK(refused(dir / "a", dir / "here" / "b"));
    CHECK(refused(dir / "new", dir / "here" / "new"));
    CHECK(refused(dir / "none" / "x", dir / "none" / "." / "x"));
    CHECK_FALSE(refused(dir / "a", dir / "c"));
    CHECK_FALSE(refused(dir / "new", dir / "newer"));
    CHECK_FALSE(refused("/dev/null", "/dev/null"));
}
