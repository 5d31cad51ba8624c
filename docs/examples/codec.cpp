// Writes structs as JSON lines and as frames, and reads them back.
#include <weir/codec/decode.hpp>
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/codec/frames_of.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/codec/json_write.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>

#include <concepts>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// [fields]
namespace market {

enum class side : std::uint8_t { buy, sell };

constexpr auto weir_names(std::type_identity<side>) {
    return weir::codec::names(weir::codec::name("buy", side::buy),
                              weir::codec::name("sell", side::sell));
}

struct trade {
    std::uint64_t id;
    double price;
    side taker;
    std::optional<std::string> note;
};

constexpr auto weir_fields(std::type_identity<trade>) {
    return weir::codec::fields(
        weir::codec::field("trade_id", &trade::id), weir::codec::field("trade_px", &trade::price),
        weir::codec::field("side", &trade::taker), weir::codec::field("note", &trade::note));
}

}  // namespace market
// [/fields]

namespace market {

struct closed {
    std::uint32_t trades;
};
constexpr auto weir_fields(std::type_identity<closed>) {
    return weir::codec::fields(weir::codec::field("trades", &closed::trades));
}

}  // namespace market

using market::trade;
namespace codec = weir::codec;

// [decode]
// Returns the values and prints the faults: `line 2, byte 58: field 'trade_px' is missing`.
std::vector<trade> read_all(weir::runtime& rt, std::vector<std::string> chunks) {
    auto reject = [](const codec::fault& wrong) { std::cerr << wrong.message() << '\n'; };
    return rt.run(weir::from_range(std::move(chunks)) |
                  codec::decode(codec::json_lines<trade>(), reject) | weir::to<std::vector>());
}
// [/decode]

int main() {
    // [write]
    const trade t{7, 101.25, market::side::buy, std::nullopt};
    std::string line;
    codec::append_json_line(line, t);  // {"trade_id":7,"trade_px":101.25,"side":"buy","note":null}
    std::string frame;
    codec::append_frame(frame, t);  // 34 bytes
    // [/write]

    // [feed]
    // Without streams: feed a decoder any bytes.
    codec::frames<trade> decoder;
    std::vector<trade> seen;
    auto on_value = [&](trade&& value) { seen.push_back(std::move(value)); };
    auto on_fault = [](const codec::fault& wrong) { std::cerr << wrong.message() << '\n'; };
    for (const char byte : frame) decoder.feed({&byte, 1}, on_value, on_fault);
    decoder.end(on_value, on_fault);
    // [/feed]

    // [several]
    // A file of trades that ends with their number.
    codec::append_frame(frame, market::closed{1});
    codec::frames_of<trade, market::closed> mixed;
    const auto on_trade_or_end = [&]<class T>(T&& value) {
        if constexpr (std::same_as<T, market::closed>) {
            std::cout << value.trades << " trades\n";
        } else {
            seen.push_back(std::move(value));
        }
    };
    mixed.feed(frame, on_trade_or_end, on_fault);
    // [/several]

    weir::runtime rt(1);
    const auto read = read_all(rt, {line + "{\"trade_", "id\":8}\n" + line});
    std::cout << line << frame.size() << " bytes, " << seen.size() << " and " << read.size()
              << '\n';
    return seen.size() == 2 && seen[0].price == 101.25 && read.size() == 2 ? 0 : 1;
}
