// Numbers that are none, or too large, and rows that were missing: what is rejected, and what says
// so.

#include <weir/codec/frame_write.hpp>
#include <weir/connectors/sqlite/database.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/journal/journal_reader.hpp>

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::outcome;
using weir_load_test::read_file;
using weir_load_test::scratch;
using weir_load_test::write_file;

namespace {

const std::string trade_header = "trade_id,instrument_id,user_id,price,quantity,side,event_time\n";

// Tables of a row or two.
struct market {
    market() {
        write_file(dir / "instruments.csv",
                   "instrument_id,symbol,name,currency,tick_size\n1,ONE,One,USD,0.01\n"
                   "2,TWO,Two,EUR,0.01\n");
        write_file(dir / "accounts.csv", "user_id,name,tier,fee_rate\n1,Ann,gold,0.5\n2,,,3\n");
        write_file(dir / "rates.csv", "currency,rate\nUSD,1\n");
    }
    outcome run_on(const std::string& file, const std::string& trades,
                   std::vector<std::string> more = {}) const {
        write_file(dir / file, trades);
        std::vector<std::string> all{"run",        "--instruments", "instruments.csv",
                                     "--accounts", "accounts.csv",  "--rates",
                                     "rates.csv",  "--trades",      file,
                                     "--out",      "out.csv"};
        all.insert(all.end(), more.begin(), more.end());
        return weir_load_test::run(dir.path(), all, enrich);
    }
    std::string out() const { return read_file(dir / "out.csv"); }

    scratch dir;
};

}  // namespace

TEST_CASE("a price that is no finite number is rejected, and says so, however it came") {
    const market m;
    const auto csv = m.run_on("trades.csv", trade_header +
                                                "1,1,1,100,1,buy,0\n2,1,1,nan,1,buy,0\n"
                                                "3,1,1,inf,1,buy,0\n4,1,1,-infinity,1,buy,0\n"
                                                "5,1,1,100,1,buy,0\n");
    CHECK(csv.code == 3);
    CHECK(has(csv.err, "trades.csv: line 3: price: must be a finite number: rejected"));
    CHECK(has(csv.err, "trades.csv: line 4: price: must be a finite number: rejected"));
    CHECK(has(csv.err, "trades.csv: line 5: price: must be a finite number: rejected"));
    CHECK(has(csv.err, "received 5 = emitted 2 + dropped 0 + rejected 3"));

    weir_enrich::trade t;
    t.instrument_id = t.user_id = t.quantity = 1;
    t.price = 100;
    std::string frames;
    weir::codec::append_frame(frames, t);
    t.price = std::numeric_limits<double>::quiet_NaN();
    weir::codec::append_frame(frames, t);
    t.price = std::numeric_limits<double>::infinity();
    weir::codec::append_frame(frames, t);
    const auto binary = m.run_on("trades.bin", frames);
    CHECK(binary.code == 3);
    CHECK(has(binary.err, "field 'price' is out of range: must be a finite number: rejected"));
    CHECK(has(binary.err, "received 3 = emitted 1 + dropped 0 + rejected 2"));
}

TEST_CASE("a trade whose notional or fee overflows is rejected, and the next one is written") {
    const market m;
    const auto done = m.run_on("trades.csv", trade_header +
                                                 "1,1,1,1e308,4000000000,buy,0\n"
                                                 "2,1,2,1e308,1,buy,0\n3,1,1,5,1,buy,0\n");
    CHECK(done.code == 3);
    CHECK(has(done.err,
              "trade 1: notional: price, quantity and rate multiply to no finite number: "
              "rejected"));
    CHECK(has(done.err,
              "trade 2: fee: notional and fee rate multiply to no finite number: rejected"));
    CHECK(has(done.err, "received 3 = emitted 1 + dropped 0 + rejected 2\n"));
    CHECK(has(m.out(), "3,1,1,5,1,buy,0,"));
    CHECK_FALSE(has(m.out(), "inf"));
}

TEST_CASE("a table with a number that is none is no table") {
    const auto refused = [](const char* file, const char* text, const char* why) {
        const market m;
        write_file(m.dir / file, text);
        const auto done = m.run_on("trades.csv", trade_header);
        CHECK(done.code == 1);
        CHECK_MESSAGE(has(done.err, why), done.err);
    };
    refused("instruments.csv", "instrument_id,symbol,name,currency,tick_size\n1,A,A,USD,nan\n",
            "instruments.csv: line 2: tick_size: must be a finite number");
    refused("accounts.csv", "user_id,name,tier,fee_rate\n1,Ann,gold,inf\n",
            "accounts.csv: line 2: fee_rate: must be a finite number");
    refused("rates.csv", "currency,rate\nUSD,nan\n",
            "rates.csv: line 2: rate: must be a finite number");
}

TEST_CASE("a journal with a row that cannot be is played up to it") {
    using namespace weir_enrich;
    const auto error_of = [](const auto& row, table_name table) {
        std::string bytes;
        weir::codec::append_frame(bytes, journal_header());
        weir::codec::append_frame(bytes, table_event{table, table_change::snapshot, 1});
        weir::codec::append_frame(bytes, row);
        string_pool kept;
        journal_reader reader("x", kept, std::make_shared<instrument_table>());
        reader.feed(bytes);
        return reader.error();
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(has(error_of(rate{"EUR", nan}, table_name::rates), "a row that cannot be"));
    CHECK(error_of(rate{"EUR", 1}, table_name::rates).empty());
    CHECK(has(error_of(instrument{1, "A", "A", "EUR", nan, 0}, table_name::instruments),
              "a row that cannot be"));
}

TEST_CASE("a trade_id that a database cannot hold rejects that trade, and the run goes on") {
    const market m;
    const auto done = m.run_on("trades.csv",
                               trade_header +
                                   "1,1,1,5,1,buy,0\n9223372036854775808,1,1,5,1,buy,0\n"
                                   "9223372036854775807,1,1,5,1,buy,0\n",
                               {"--out", "sqlite:out.db?table=t"});
    CHECK(done.code == 3);
    CHECK(has(done.err, "trade 9223372036854775808: trade_id: does not fit into a database"));
    CHECK(has(done.err, "received 3 = emitted 2 + dropped 0 + rejected 1"));
    CHECK(weir::sqlite::database(m.dir / "out.db").row_count("t") == 2);
    // Where there is no database it is a number like others.
    const auto file = m.run_on("trades.csv", trade_header + "18446744073709551615,1,1,5,1,buy,0\n");
    CHECK(file.code == 0);
    CHECK(has(m.out(), "18446744073709551615,1,1,5,1,buy"));
}

TEST_CASE("a record says which rows were missing, where others stood in for them") {
    const market m;
    const auto done =
        m.run_on("trades.csv",
                 trade_header +
                     "1,1,1,100,1,buy,0\n2,2,1,100,1,buy,0\n3,1,9,100,1,buy,0\n4,2,9,100,1,buy,0\n"
                     "5,9,1,100,1,buy,0\n6,9,9,100,1,buy,0\n7,1,2,100,1,buy,0\n",
                 {"--on-missing", "default", "--out", "out.jsonl", "--out", "sqlite:out.db?table=t",
                  "--out", "out.bin"});
    CHECK(done.code == 0);
    const std::vector<std::string> missing{
        "", "rate", "account", "account rate", "instrument rate", "instrument account rate",
        ""};  // one without a name is not missing
    weir::sqlite::database db(m.dir / "out.db");
    auto rows = db.prepare("SELECT missing FROM t ORDER BY trade_id", "read");
    for (const std::string& names : missing) {
        REQUIRE(rows.step());
        CHECK(rows.get<std::string>(0) == names);
        CHECK(has(m.out(), "," + names + "\n"));
        CHECK(has(read_file(m.dir / "out.jsonl"), "\"missing\":\"" + names + "\"}\n"));
        CHECK(has(read_file(m.dir / "out.bin"), names));
    }
}

TEST_CASE("the summary says how many trades were left out of the statistics") {
    const market m;
    const std::string jump =
        "1,1,1,5,1,buy,1000000000\n2,1,1,5,1,buy,9000000000000\n3,1,1,5,1,buy,1000000000\n";
    const auto late = m.run_on("trades.csv", trade_header + jump, {"--figures", "f.csv"});
    CHECK(late.code == 0);
    CHECK(has(late.err, "rejected 0; left out of the figures: late 1, ahead 0\n"));
    const auto bounded = m.run_on("trades.csv", trade_header + jump,
                                  {"--figures", "f.csv", "--figures-max-jump", "1h"});
    CHECK(has(bounded.err, "rejected 0; left out of the figures: late 0, ahead 1\n"));
    CHECK(has(
        m.run_on("trades.csv", trade_header, {"--figures", "f.csv", "--figures-max-jump", "x"}).err,
        "--figures-max-jump: must be such as"));
}
