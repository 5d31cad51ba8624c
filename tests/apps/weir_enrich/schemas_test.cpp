// The binary records as a stranger writes and reads them, by docs/weir-enrich.md alone: with none
// of the program's descriptions of its fields.

#include <weir/codec/checksum.hpp>
#include <weir/codec/detail/frame_layout.hpp>

#include <doctest/doctest.h>
#include <weir-enrich/journal/journal.hpp>
#include <weir-enrich/model/enriched_trade.hpp>
#include <weir-enrich/model/trade.hpp>
#include <weir-enrich/outputs/statistics.hpp>
#include <weir-enrich/tables/table_changes.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "feeds.hpp"

using namespace weir_enrich_test;
using weir_load_test::read_file;
using weir_load_test::scratch;
using weir_load_test::write_file;

namespace {

const std::string trade_schema =
    "trade_id:u64;instrument_id:u32;user_id:u32;price:f64;quantity:u32;side:e32{buy=0,sell=1,};"
    "event_time:i64;";
const std::string enriched_schema =
    trade_schema +
    "symbol:text;instrument_name:text;currency:text;tick_size:f64;account_name:text;tier:text;"
    "fee_rate:f64;notional:f64;fee:f64;accounts_version:u64;rates_version:u64;"
    "missing:text;";
const std::string statistics_schema =
    "time:i64;instrument_id:u32;symbol:text;trades:u64;volume:u64;vwap:f64;mean_notional:f64;"
    "move:f64;";
const std::string op = "op:e32{put=0,remove=1,complete=2,start-over=3,};";
const std::string account_change_schema = op + "user_id:?u32;name:?text;tier:?text;fee_rate:?f64;";
const std::string rate_change_schema = op + "currency:?text;rate:?f64;";

std::uint32_t id_of(std::string_view schema) {
    std::uint32_t hash = 0x811C9DC5;
    for (const char c : schema) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
    return hash;
}

// Little-endian, as this machine is.
template <class T>
std::string number(T n) {
    std::string bytes(sizeof n, '\0');
    std::memcpy(bytes.data(), &n, sizeof n);
    return bytes;
}

std::string text(std::string_view t) {
    return number(static_cast<std::uint32_t>(t.size())) + std::string(t);
}

std::string some(const std::string& value) {
    return '\1' + value;
}

const std::string none(1, '\0');

std::string frame(std::string_view schema, const std::string& payload) {
    std::string bytes = std::string("wf\1\0", 4) +
                        number(static_cast<std::uint32_t>(payload.size())) + number(id_of(schema)) +
                        payload;
    return bytes + number(weir::codec::checksum(bytes));
}

std::string put_rate(const std::string& currency, double rate) {
    return frame(rate_change_schema,
                 number<std::uint32_t>(0) + some(text(currency)) + some(number(rate)));
}

// Trade 7: of 3 pieces of instrument 1 by user 1, sold at 101.25 at the time 1.
const std::string trade_7 = number<std::uint64_t>(7) + number<std::uint32_t>(1) +
                            number<std::uint32_t>(1) + number(101.25) + number<std::uint32_t>(3) +
                            number<std::uint32_t>(1) + number<std::int64_t>(1);

}  // namespace

TEST_CASE("the schemas are as the document has them") {
    using weir::codec::detail::schema_id;
    namespace enrich = weir_enrich;
    CHECK(schema_id<enrich::trade> == id_of(trade_schema));
    CHECK(schema_id<enrich::enriched_trade> == id_of(enriched_schema));
    CHECK(schema_id<enrich::statistics_record> == id_of(statistics_schema));
    CHECK(schema_id<enrich::account_change> == id_of(account_change_schema));
    CHECK(schema_id<enrich::rate_change> == id_of(rate_change_schema));
    CHECK(schema_id<enrich::trade> == 0x8775c80c);
    CHECK(schema_id<enrich::enriched_trade> == 0xd7b2f6de);
    CHECK(schema_id<enrich::statistics_record> == 0x1ea37e9f);
    CHECK(schema_id<enrich::account_change> == 0x14d7fed1);
    CHECK(schema_id<enrich::rate_change> == 0x7a8305e4);
    // Of a journal.
    const std::string changes = "e8{snapshot=0,remove=1,complete=2,start-over=3,};";
    CHECK(schema_id<enrich::journal_header> ==
          id_of("journal_version:u32;on_missing:e8{drop=0,default=1,side-output=2,wait=3,};"));
    CHECK(schema_id<enrich::table_event> ==
          id_of("table:e8{instruments=0,accounts=1,rates=2,};change:" + changes + "number:u64;"));
    CHECK(schema_id<enrich::instrument> ==
          id_of("instrument_id:u32;symbol:text;name:text;currency:text;tick_size:f64;"));
    CHECK(schema_id<enrich::account> == id_of("user_id:u32;name:text;tier:text;fee_rate:f64;"));
    CHECK(schema_id<enrich::rate> == id_of("currency:text;rate:f64;"));
    CHECK(schema_id<enrich::recorded_trade> == id_of(trade_schema + "taken:i64;"));
    CHECK(schema_id<enrich::journal_end> == id_of("recorded_trades:u64;"));
}

TEST_CASE("frames that were made by hand are read, and what is written has the bytes described") {
    const scratch dir;
    write_file(dir / "trades.bin", frame(trade_schema, trade_7));
    write_file(dir / "instruments.csv",
               "instrument_id,symbol,name,currency,tick_size\n1,ACME,Acme,EUR,0.01\n");
    const auto all =
        frame(account_change_schema, number<std::uint32_t>(2) + none + none + none + none);
    write_file(dir / "accounts.bin",
               frame(account_change_schema, number<std::uint32_t>(0) +
                                                some(number<std::uint32_t>(1)) + some(text("Ann")) +
                                                some(text("gold")) + some(number(0.5))) +
                   all);
    write_file(dir / "rates.bin",
               put_rate("EUR", 2) + put_rate("USD", 1) +
                   frame(rate_change_schema, number<std::uint32_t>(1) + some(text("USD")) + none) +
                   frame(rate_change_schema, number<std::uint32_t>(2) + none + none));
    const auto done = weir_load_test::run(
        dir.path(),
        {"run", "--trades", "trades.bin", "--instruments", "instruments.csv", "--accounts",
         "accounts.bin", "--rates", "rates.bin", "--out", "out.bin", "--figures", "figures.bin"},
        enrich);
    CHECK_MESSAGE(done.code == 0, done.err);
    const double notional = 101.25 * 3 * 2;
    CHECK(read_file(dir / "out.bin") ==
          frame(enriched_schema,
                trade_7 + text("ACME") + text("Acme") + text("EUR") + number(0.01) + text("Ann") +
                    text("gold") + number(0.5) + number(notional) + number(notional / 2) +
                    number<std::uint64_t>(1) + number<std::uint64_t>(1) + text("")));
    CHECK(read_file(dir / "figures.bin") ==
          frame(statistics_schema, number<std::int64_t>(1'000'000'000) + number<std::uint32_t>(1) +
                                       text("ACME") + number<std::uint64_t>(1) +
                                       number<std::uint64_t>(3) + number(101.25) +
                                       number(notional) + number(0.0)));
    // As the document prints it.
    CHECK(frame(trade_schema, trade_7).substr(52) == "\x9a\x4d\xc0\x1c");
}
