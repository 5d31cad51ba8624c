// weir-enrich between sockets: clients that send, and subscribers.

#include <weir/core/asio.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>

#include "../support.hpp"

using asio::ip::tcp;
using weir_load_test::program;
using weir_load_test::scratch;

namespace {

constexpr weir_load_test::limits enrich{.file_size = {}, .program = "weir-enrich"};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

// The next line of stderr with `part` in it.
std::string line_with(program& p, const std::string& part) {
    while (const auto line = p.err_line()) {
        if (has(*line, part)) return *line;
    }
    FAIL("the program ended without saying: " << part);
    return {};
}

tcp::socket connect(asio::io_context& io, const std::string& announced) {
    const auto port = std::stoul(announced.substr(announced.rfind(':') + 1));
    tcp::socket s(io);
    s.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    return s;
}

std::string trade_line(int id) {
    return R"({"trade_id":)" + std::to_string(id) +
           R"(,"instrument_id":1,"user_id":1,"price":1,"quantity":1,"side":"buy","event_time":0})"
           "\n";
}

void send(tcp::socket& to, const std::string& text) {
    asio::write(to, asio::buffer(text));
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
              {"run", "--trades", "tcp://127.0.0.1:0?format=jsonl", "--out",
               "tcp://127.0.0.1:0?format=jsonl"},
              enrich);
    const std::string in = line_with(p, "trades: listening on ");
    const std::string out = line_with(p, "subscribers: listening on ");
    asio::io_context io;
    auto subscriber = connect(io, out);
    line_with(p, "subscriber 127.0.0.1:");
    std::string waiting;
    {
        auto client = connect(io, in);
        send(client, trade_line(1));
        CHECK(has(read_line(subscriber, waiting), R"("trade_id":1,)"));
        send(client, "no trade\n" + trade_line(2) + R"({"trade_id":3,"instr)");
        CHECK(has(read_line(subscriber, waiting), R"("trade_id":2,)"));
    }  // vanishes in the middle of a line
    auto other = connect(io, in);
    send(other, trade_line(4));
    const std::string line = read_line(subscriber, waiting);
    CHECK(has(line, R"("trade_id":4,)"));
    CHECK(has(line, R"("symbol":"AAAB")"));
    p.signal(SIGTERM);
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
    asio::io_context io;
    auto client = connect(io, line_with(p, "trades: listening on "));
    const auto enriched = [&](int id) {
        send(client, trade_line(id));
        return p.out_line().value_or("");
    };
    CHECK(has(enriched(1), R"("tier":"gold","fee_rate":0.5)"));
    const auto replace = [&dir](const std::string& text) {
        weir_load_test::write_file(dir / "new.csv", text);
        std::filesystem::rename(dir / "new.csv", dir / "accounts.csv");
    };
    replace("garbage");
    CHECK(has(line_with(p, "stays in use"), "accounts.csv: "));
    CHECK(has(enriched(2), R"("tier":"gold","fee_rate":0.5)"));
    replace(header + "1,Ann,iron,0.25\n");
    line_with(p, "accounts.csv: read again, 1 rows");
    // It is on its way: some trades may still meet the old one.
    std::string line;
    for (int id = 3; !has(line, R"("tier":"iron","fee_rate":0.25)"); ++id) line = enriched(id);
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
