// weir-enrich between sockets: clients that send, and subscribers.

#include <weir/core/asio.hpp>

#include <asio.hpp>
#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>

#include "feeds.hpp"

using namespace weir_enrich_test;
using asio::ip::tcp;
using weir_load_test::program;
using weir_load_test::scratch;

namespace {

std::string trade_line(int id) {
    return R"({"trade_id":)" + std::to_string(id) +
           R"(,"instrument_id":1,"user_id":1,"price":1,"quantity":1,"side":"buy","event_time":0})"
           "\n";
}

std::string read_line(tcp::socket& from, std::string& waiting) {
    const std::size_t size = asio::read_until(from, asio::dynamic_buffer(waiting), '\n');
    std::string line = waiting.substr(0, size);
    waiting.erase(0, size);
    return line;
}

}  // namespace

TEST_CASE("clients' trades go to a subscriber, whatever becomes of a client") {
    const scratch dir;
    program p(dir.path(),
              {"run", "--latency", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--out",
               "tcp://127.0.0.1:0?format=jsonl"},
              enrich);
    const std::string in = line_with(p, "trades: listening on ");
    const std::string out = line_with(p, "subscribers: listening on ");
    client subscriber(out);
    line_with(p, "subscriber 127.0.0.1:");
    std::string waiting;
    {
        client sender(in);
        sender.send(trade_line(1));
        CHECK(has(read_line(subscriber.socket(), waiting), R"("trade_id":1,)"));
        sender.send("no trade\n" + trade_line(2) + R"({"trade_id":3,"instr)");
        CHECK(has(read_line(subscriber.socket(), waiting), R"("trade_id":2,)"));
    }  // vanishes in the middle of a line
    client other(in);
    other.send(trade_line(4));
    const std::string line = read_line(subscriber.socket(), waiting);
    CHECK(has(line, R"("trade_id":4,)"));
    CHECK(has(line, R"("symbol":"AAAB")"));
    p.signal(SIGTERM);
    CHECK_FALSE(has(line_with(p, "latency p50 "), "max 0 ns"));
    // One line was no trade, and one was cut.
    CHECK(has(line_with(p, "received "), "received 5 = emitted 3 + dropped 0 + rejected 2"));
    CHECK(p.wait() == 130);
}

TEST_CASE("a table's file that is replaced is read again, and one that is broken is not used") {
    const scratch dir;
    const std::string header = "user_id,name,tier,fee_rate\n";
    weir_load_test::write_file(dir / "accounts.csv", header + "1,Ann,gold,0.5\n");
    program p(dir.path(),
              {"run", "--accounts", "accounts.csv", "--trades", "tcp://127.0.0.1:0?format=jsonl",
               "--out", "jsonl"},
              enrich);
    trades_in trades(p, line_with(p, "trades: listening on "));
    CHECK(has(trades.enriched(), R"("tier":"gold","fee_rate":0.5)"));
    const auto replace = [&dir](const std::string& text) {
        weir_load_test::write_file(dir / "new.csv", text);
        std::filesystem::rename(dir / "new.csv", dir / "accounts.csv");
    };
    replace("garbage");
    CHECK(has(line_with(p, "stays in use"), "accounts.csv: "));
    CHECK(has(trades.enriched(), R"("tier":"gold","fee_rate":0.5)"));
    replace(header + "1,Ann,iron,0.25\n");
    line_with(p, "accounts.csv: read again, 1 rows");
    const std::string line = trades.until(R"("tier":"iron","fee_rate":0.25)");
    CHECK(has(line, R"("accounts_version":2)"));
    p.signal(SIGTERM);
    line_with(p, "+ dropped 0 + rejected 0");
    CHECK(p.wait() == 130);
}

TEST_CASE("a port that is taken, and what is no address, end the run with their name") {
    const scratch dir;
    asio::io_context io;
    const tcp::acceptor taken(io, {asio::ip::address_v4::loopback(), 0});
    const std::string place = "127.0.0.1:" + std::to_string(taken.local_endpoint().port());
    const auto refused =
        weir_load_test::run(dir.path(), {"run", "--trades", "tcp://" + place}, enrich);
    CHECK(refused.code == 1);
    CHECK_MESSAGE(has(refused.err, place), refused.err);
    const auto nowhere =
        weir_load_test::run(dir.path(), {"run", "--trades", "tcp://nowhere:1"}, enrich);
    CHECK(nowhere.code == 2);
    CHECK(has(nowhere.err, "nowhere is no address"));
}
