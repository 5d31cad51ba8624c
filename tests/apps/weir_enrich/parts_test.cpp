// CSV fields, the generator, endpoints and the window.

#include <doctest/doctest.h>
#include <weir-enrich/endpoints/csv_fields.hpp>
#include <weir-enrich/model/endpoint.hpp>
#include <weir-enrich/model/generator.hpp>
#include <weir-enrich/outputs/window.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace weir_enrich;

namespace {

enriched_trade traded(std::uint32_t instrument, double price, std::uint32_t quantity,
                      std::int64_t second) {
    enriched_trade t;
    t.instrument_id = instrument;
    t.symbol = instrument == 1 ? "ONE" : "TWO";
    t.price = price;
    t.quantity = quantity;
    t.notional = price * quantity * 2;
    t.event_time = second * 1'000'000'000;
    return t;
}

}  // namespace

TEST_CASE("the window knows price, volume and mean of the last minute, and of no more") {
    window w;
    w.add(traded(1, 10, 1, 100));
    w.add(traded(1, 20, 3, 130));
    auto top = w.top(5);
    REQUIRE(top.size() == 1);
    CHECK(top[0].symbol == "ONE");
    CHECK(top[0].count == 2);
    CHECK(top[0].volume == 4);
    CHECK(top[0].vwap() == 17.5);
    CHECK(top[0].mean_notional() == 70);
    CHECK(top[0].move() == 1);
    w.add(traded(2, 1, 1, 160));  // a minute after the first
    w.add(traded(1, 5, 1, 100));  // too late
    top = w.top(5);
    REQUIRE(top.size() == 2);
    CHECK(top[0].count == 1);
    CHECK(top[0].vwap() == 20);
    CHECK(top[1].symbol == "TWO");
    w.add(traded(2, 3, 1, 161));
    CHECK(w.movers(1)[0].symbol == "TWO");
    w.add(traded(2, 3, 1, 1'000));
    CHECK(w.top(5).size() == 1);
}

TEST_CASE("an endpoint is a kind, a format and a name") {
    CHECK(parse_input("generator").kind == endpoint_kind::generator);
    const endpoint standard = parse_input("csv:-");
    CHECK(standard.kind == endpoint_kind::standard);
    CHECK(standard.format == format::csv);
    const endpoint port = parse_input("tcp://[::1]:9000?format=jsonl");
    CHECK(port.kind == endpoint_kind::tcp);
    CHECK(port.host == "::1");
    CHECK(port.port == 9000);
    CHECK(port.format == format::json_lines);
    CHECK(parse_input("tcp://127.0.0.1:0").format == format::frames);
    CHECK(parse_output("bin:odd.name").path == "odd.name");
    CHECK(parse_output("table").format == format::table);
}

TEST_CASE("a port for subscribers says what becomes of one that falls behind") {
    using weir::overflow;
    CHECK(parse_output("tcp://127.0.0.1:1").behind == overflow::disconnect);
    const endpoint both = parse_output("tcp://127.0.0.1:1?behind=drop-oldest&format=jsonl");
    CHECK(both.behind == overflow::drop_oldest);
    CHECK(both.format == format::json_lines);
    CHECK(parse_output("tcp://127.0.0.1:1?behind=wait").behind == overflow::wait);
}

TEST_CASE("a table of a SQLite database is an endpoint for output") {
    const endpoint p = parse_output("sqlite:out.db?table=all trades");
    CHECK(p.kind == endpoint_kind::sqlite);
    CHECK(p.path == "out.db");
    CHECK(p.table == "all trades");
    for (const char* const text : {"sqlite:out.db", "sqlite:?table=x", "sqlite:out.db?table="}) {
        CHECK_THROWS_AS(parse_output(text), usage_error);
    }
}

TEST_CASE("a setting of a port that makes no sense is named") {
    const auto refused = [](const char* text, const char* why) {
        CHECK_THROWS_WITH_AS(parse_output(text), why, usage_error);
    };
    refused("tcp://127.0.0.1:1?behind=never",
            "tcp://127.0.0.1:1?behind=never: say behind=disconnect, drop-oldest, drop-newest or "
            "wait");
    refused("tcp://127.0.0.1:1?format=csv",
            "tcp://127.0.0.1:1?format=csv: say format=bin or format=jsonl");
    refused("tcp://127.0.0.1:1?colour",
            "tcp://127.0.0.1:1?colour: there is no setting 'colour' here");
    CHECK_THROWS_WITH_AS(parse_input("tcp://127.0.0.1:1?behind=wait"),
                         "tcp://127.0.0.1:1?behind=wait: there is no setting 'behind' here",
                         usage_error);
}

TEST_CASE("a table comes from an endpoint of its own kind") {
    const endpoint db = parse_table("sqlite:a?b.db?table=fx rates&every=250ms");
    CHECK(db.kind == endpoint_kind::sqlite);
    CHECK(db.path == "a?b.db");
    CHECK(db.table == "fx rates");
    CHECK(db.every == std::chrono::milliseconds(250));
    CHECK(parse_table("sqlite:x?table=y").every == std::chrono::seconds(1));
    CHECK(parse_table("generator").kind == endpoint_kind::generator);
    const auto refused = [](const char* text, const char* why) {
        CHECK_THROWS_WITH_AS(parse_table(text), why, usage_error);
    };
    refused("-", "-: a table does not come by standard input");
    refused("sqlite:x", "sqlite:x: names no table: sqlite:FILE?table=NAME");
    refused("sqlite:?table=y", "sqlite:?table=y: names no file");
    refused("sqlite:x?table=y&every=0s", "sqlite:x?table=y&every=0s: say every=1s, 500ms or so");
    refused("sqlite:x?table=y&colour=1",
            "sqlite:x?table=y&colour=1: there is no setting 'colour' here");
}

TEST_CASE("CSV fields have quotes where they need them") {
    std::string line;
    append_csv_text(line, "plain");
    append_csv_text(line, "a,b");
    append_csv_text(line, "say \"x\"");
    CHECK(line == "plain\"a,b\"\"say \"\"x\"\"\"");
}

TEST_CASE("the generator makes the same trades for the same seed, and some users far more often") {
    trade_generator a(5, 1'000);
    trade_generator b(5, 1'000);
    std::vector<std::uint64_t> trades_of(built_in_instruments);
    for (int i = 0; i != 100'000; ++i) {
        const trade t = a.next();
        const trade same = b.next();
        CHECK(t.price == same.price);
        REQUIRE(t.instrument_id < built_in_instruments);
        REQUIRE(t.user_id < built_in_accounts);
        ++trades_of[t.instrument_id];
    }
    CHECK(trades_of[0] > 20 * trades_of[100]);
    CHECK(trades_of[0] < 20'000);
}
