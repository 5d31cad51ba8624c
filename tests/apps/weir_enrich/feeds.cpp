#include "feeds.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace weir_enrich_test {

std::string line_with(weir_load_test::program& p, std::string_view part) {
    while (const auto line = p.err_line()) {
        if (has(*line, part)) return *line;
    }
    FAIL("the program ended without saying: " << part);
    return {};
}

client::client(const std::string& announced) {
    const auto port = std::stoul(announced.substr(announced.rfind(':') + 1));
    socket_.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
}

void client::send(const std::string& text) {
    asio::write(socket_, asio::buffer(text));
}

void trades_in::send_one() {
    send(R"({"trade_id":)" + std::to_string(++sent_) +
         R"(,"instrument_id":1,"user_id":1,"price":1,"quantity":1,"side":"buy","event_time":0})"
         "\n");
}

std::string trades_in::enriched() {
    send_one();
    return program_.out_line().value_or("");
}

std::string trades_in::until(std::string_view part) {
    for (;;) {
        const std::string line = enriched();
        if (has(line, part)) return line;
        if (line.empty()) FAIL("the program ended before a trade had: " << part);
    }
}

}  // namespace weir_enrich_test
