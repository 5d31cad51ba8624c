// Trades that are sent one by one, to see which tables they meet.
#pragma once

#include <weir/core/asio.hpp>

#include <asio.hpp>

#include <string>
#include <string_view>

#include "../support.hpp"

namespace weir_enrich_test {

inline constexpr weir_load_test::limits enrich{.file_size = {}, .program = "weir-enrich"};

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

// The next line of stderr with `part` in it.
std::string line_with(weir_load_test::program& p, std::string_view part);

// A client of a port that was announced in the log.
class client {
public:
    explicit client(const std::string& announced);

    void send(const std::string& text);
    asio::ip::tcp::socket& socket() { return socket_; }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_{io_};
};

// A client that sends trades of the user 1 and the instrument 1, at 1 for 1.
class trades_in : public client {
public:
    trades_in(weir_load_test::program& p, const std::string& announced)
        : client(announced), program_(p) {}

    void send_one();
    // Sends one, and waits for what becomes of it.
    std::string enriched();
    // Sends one after the other, until one comes out with `part` in it. (A change is on its way
    // when the log tells of it: some trades may still meet the table of before.)
    std::string until(std::string_view part);

private:
    weir_load_test::program& program_;
    int sent_ = 0;
};

}  // namespace weir_enrich_test
