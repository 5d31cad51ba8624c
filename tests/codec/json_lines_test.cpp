#include <weir/codec/json_lines.hpp>
#include <weir/codec/json_write.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

using namespace codec_test;
using codec::cause;

namespace {

outcome<trade> read(std::string_view text) {
    return codec_test::decode(codec::json_lines<trade>(), text);
}

constexpr std::string_view good =
    R"({"trade_id":7,"instrument_id":3,"trade_px":101.25,"side":"sell"})";

struct expected_fault {
    std::string_view line;
    cause why;
    std::uint64_t offset;  // in the line
    std::string_view field = {};
};

constexpr expected_fault faults[] = {
    {R"({"trade_id":7,"instrument_id":3,"side":"sell"})", cause::missing_field, 0, "trade_px"},
    {"{}", cause::missing_field, 0, "trade_id"},
    {R"({"trade_id":"7"})", cause::wrong_type, 12, "trade_id"},
    {R"({"trade_id":7.0})", cause::wrong_type, 12, "trade_id"},
    {R"({"trade_id":7e0})", cause::wrong_type, 12, "trade_id"},
    {R"({"trade_id":null})", cause::wrong_type, 12, "trade_id"},
    {R"({"trade_id":[7]})", cause::wrong_type, 12, "trade_id"},
    {R"({"trade_px":true})", cause::wrong_type, 12, "trade_px"},
    {R"({"side":1})", cause::wrong_type, 8, "side"},
    {R"({"side":{"a":1}})", cause::wrong_type, 8, "side"},
    {R"({"trade_id":-1})", cause::out_of_range, 12, "trade_id"},
    {R"({"trade_id":18446744073709551616})", cause::out_of_range, 12, "trade_id"},
    {R"({"instrument_id":4294967296})", cause::out_of_range, 17, "instrument_id"},
    {R"({"trade_px":1e400})", cause::out_of_range, 12, "trade_px"},
    {R"({"side":"Buy"})", cause::unknown_value, 8, "side"},
    {R"({"trade_id":1, "trade_id":1})", cause::repeated_field, 26, "trade_id"},
    {R"({"trade_id":01})", cause::not_json, 12, "trade_id"},
    {R"({"trade_id":+1})", cause::not_json, 12, "trade_id"},
    {R"({"trade_id":1x})", cause::not_json, 12, "trade_id"},
    {R"({"trade_px":.5})", cause::not_json, 12, "trade_px"},
    {R"({"trade_px":5.})", cause::not_json, 12, "trade_px"},
    {R"({"trade_px":NaN})", cause::not_json, 12, "trade_px"},
    {R"({"side":"b\uy"})", cause::not_json, 8, "side"},
    {R"({"trade_id":1,})", cause::not_json, 14},
    {R"({"trade_id" 1})", cause::not_json, 12},
    {R"({trade_id:1})", cause::not_json, 1},
    {R"({"trade_id":1} {"trade_id":1})", cause::not_json, 15},
    {R"({"trade_id":1)", cause::not_json, 0},
    {R"({"trade_id":1,"x)", cause::not_json, 0},
    {"{\"x\":\"\xff\"}", cause::not_json, 0},
    {"{\"x\":\"\x01\"}", cause::not_json, 0},
    // In what is passed over, too, brackets must match.
    {R"({"q":]})", cause::not_json, 5},
    {R"({"q":[},"trade_id":1})", cause::not_json, 5},
    {R"({"q":}  ,"trade_id":1})", cause::not_json, 5},
    {R"({"q":[{]}]})", cause::not_json, 5},
    {R"({"q":[1)", cause::not_json, 0},
    {R"({"q":,"trade_id":1})", cause::not_json, 5},
    {R"({"trade_id":1,"q":{"a":[1}]})", cause::not_json, 18},
    {"[1]", cause::not_an_object, 0},
    {"null", cause::not_an_object, 0},
    {"trade 7", cause::not_an_object, 0},
};

}  // namespace

TEST_CASE("json lines: a line is a struct") {
    const auto found =
        read(std::string(good) +
             "\n{\"trade_id\":8,\"instrument_id\":4,\"trade_px\":0.5,\"side\":\"buy\"}\n");
    CHECK(found.faults.empty());
    CHECK(found.values == std::vector{first, second});
}

TEST_CASE("json lines: fields come in any order, and unknown ones are ignored") {
    const auto found = read(R"( { "side" : "s\u0065ll" , "x": {"trade_px": [1, {"y": null}]},)"
                            R"( "trade_px":10125e-2, "z":"}", "instrument_id":3,)"
                            R"( "trade\u005fid":7, "": 1 } )");
    CHECK(found.faults.empty());
    CHECK(found.values == std::vector{first});
}

TEST_CASE("json lines: minus zero is zero, without a sign too, and brackets in a text are text") {
    const auto found = read(R"({"trade_id":-0,"instrument_id":-0,"q":["]}",{"\"]":"\\"}],"r":"[",)"
                            R"("trade_px":-0,"side":"buy"})");
    CHECK(found.faults.empty());
    REQUIRE(found.values.size() == 1);
    CHECK(found.values[0].id == 0);
    CHECK(found.values[0].instrument == 0);
}

TEST_CASE("json lines: a fault says what, where and which field, and the next line is read") {
    for (const expected_fault& e : faults) {
        CAPTURE(e.line);
        const auto found =
            read(std::string(good) + "\n" + std::string(e.line) + "\n" + std::string(good));
        REQUIRE(found.order == "vfv");
        CHECK(found.values == std::vector{first, first});
        const codec::fault& f = found.faults[0];
        CAPTURE(f);
        CHECK(f.why == e.why);
        CHECK(f.line == 2);
        CHECK(f.offset == good.size() + 1 + e.offset);
        CHECK(f.field == e.field);
    }
}

TEST_CASE("json lines: what a fault says reads as a sentence") {
    const auto text = [](std::string_view line) { return read(line).faults.at(0).message(); };
    CHECK(text("\n{}") == "line 2, byte 1: field 'trade_id' is missing");
    CHECK(text(R"({"trade_id":-1})") == "line 1, byte 12: field 'trade_id' is out of range");
    CHECK(text("[]") == "line 1, byte 0: the line is not a JSON object");
    CHECK(read("[]").faults[0].status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("json lines: blank lines, CRLF and a byte order mark are passed over") {
    const std::string text = "\xEF\xBB\xBF" + std::string(good) + "\r\n\r\n  \t\n\n" +
                             std::string(good) + "\r\n \n{}\n\r";
    const auto found = read(text);
    CHECK(found.order == "vvf");
    CHECK(found.faults.at(0).line == 7);
    CHECK(found.faults.at(0).offset == text.size() - 4);
}

TEST_CASE("json lines: an optional may be absent or null, and a view points at its text") {
    constexpr std::string_view rest =
        R"("i8":-8,"u8":8,"i16":-16,"u16":16,"i32":-32,"u32":32,"i64":-64,"u64":64,"f32":0.1,)"
        R"("f64":0.1,"yes":true,"how":"high","text":"a\"b")";
    const std::string text = "{" + std::string(rest) + "}\n{" + std::string(rest) +
                             R"(,"maybe_number":null,"maybe_real":2,"maybe_text":"plain",)"
                             R"("maybe_side":"sell"})";
    const auto found = codec_test::decode(codec::json_lines<viewer>(), text);
    REQUIRE(found.order == "vv");
    CHECK(found.values[0].text == "a\"b");
    CHECK(found.values[0].f32 == 0.1F);
    CHECK(found.values[0].maybe_text == std::nullopt);
    CHECK(found.values[1].maybe_number == std::nullopt);
    CHECK(found.values[1].maybe_real == 2.0);
    CHECK(found.values[1].maybe_text == "plain");
    CHECK(found.values[1].maybe_side == side::sell);
}

TEST_CASE("json lines: every cut of the input gives the same") {
    std::string text = "\xEF\xBB\xBF\r\n";
    for (const expected_fault& e : {faults[0], faults[3], faults[22], faults[26]}) {
        text.append(good).append("\r\n").append(e.line).append("\n\n");
    }
    // Unbalanced, where a longer line left a bracket in the buffer.
    text += "{\"x\":{\"y\":{}}}}}}}}}}}}}}}}}}\n{\"trade_id\": {\"y\": 1}\n";
    text += std::string(400, 'x') + "\n{}\n" + std::string(good);
    const codec::json_lines_options bounds{.max_line = 300};
    const auto whole = codec_test::decode(codec::json_lines<trade>(bounds), text);
    CHECK(whole.order == "vfvfvfvfffffv");
    CHECK(whole.faults[6].why == cause::line_too_long);
    CHECK(whole.faults[7].offset == text.size() - good.size() - 3);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        CAPTURE(cut);
        REQUIRE(codec_test::decode(codec::json_lines<trade>(bounds), text, {cut}) == whole);
    }
    for (const std::size_t size : {1U, 2U, 63U, 64U, 65U, 66U}) {
        CAPTURE(size);
        CHECK(codec_test::decode(codec::json_lines<trade>(bounds), text,
                                 every(size, text.size())) == whole);
    }
}

TEST_CASE("json lines: a line longer than the bound is skipped, and never held") {
    codec::json_lines<trade> lines({.max_line = good.size()});
    std::string said;
    const auto value = [&](trade&&) { said += 'v'; };
    const auto fault = [&](const codec::fault& f) {
        CHECK(f.why == cause::line_too_long);
        CHECK(f.line == 2);
        CHECK(f.offset == good.size() + 1);
        said += 'f';
    };
    lines.feed(std::string(good) + "\n", value, fault);
    for (int i = 0; i != 1000; ++i) {
        lines.feed(" ", value, fault);
        CHECK(lines.held() <= good.size());
    }
    lines.feed("\n" + std::string(good), value, fault);
    lines.end(value, fault);
    CHECK(said == "vfv");
}

TEST_CASE("json lines: values written are read back, bit by bit") {
    seeded_random dice(6);
    for (int round = 0; round != 300; ++round) {
        std::vector<owner> values;
        std::string text;
        for (std::uint64_t n = dice.below(4); n != 0; --n) {
            values.push_back(any_owner(dice));
            codec::append_json_line(text, values.back());
        }
        const auto cuts = every(1 + dice.below(200), text.size());
        const auto owned = codec_test::decode(codec::json_lines<owner>(), text, cuts);
        CHECK(owned.faults.empty());
        CHECK(owned.values == values);
        const auto viewed = codec_test::decode(codec::json_lines<viewer>(), text, cuts);
        CHECK(viewed.values == values);
        for (std::size_t i = 0; i != values.size() && i != owned.values.size(); ++i) {
            CHECK(std::signbit(owned.values[i].f64) == std::signbit(values[i].f64));
        }
    }
}

TEST_CASE("json lines: a line damaged in any byte gives a value or a fault, and the next is read") {
    const std::string text = std::string(good) + "\n" + std::string(good);
    for (std::size_t at = 0; at != good.size(); ++at) {
        for (int byte = 0; byte != 256; ++byte) {
            std::string damaged = text;
            damaged[at] = static_cast<char>(byte);
            const auto found = read(damaged);
            REQUIRE(found.order.ends_with('v'));
            REQUIRE(found.values.back() == first);
            const std::size_t most = byte == '\n' ? 3 : 2;  // it is two lines then
            REQUIRE(found.order.size() <= most);
        }
    }
}

TEST_CASE("json lines: a callback that says no is told the rest later") {
    std::string text;
    for (int i = 0; i != 5; ++i) text.append(i == 2 ? "{}" : good).append("\n");
    codec::json_lines<trade> lines;
    std::string said;
    const auto value = [&](trade&&) {
        said += 'v';
        return false;
    };
    const auto fault = [&](const codec::fault&) {
        said += 'f';
        return false;
    };
    std::string_view rest = text;
    for (std::size_t calls = 1; !rest.empty(); ++calls) {
        rest.remove_prefix(lines.feed(rest, value, fault));
        CHECK(said.size() == calls);
    }
    CHECK(said == "vvfvv");
    lines.feed(good, value, fault);
    CHECK_FALSE(lines.end(value, fault));
    CHECK(lines.end(value, fault));
    CHECK(said == "vvfvvv");
}

TEST_CASE("json lines: an exception of a callback passes through, and its value is taken") {
    codec::json_lines<trade> lines;
    const auto refuse = [](trade&&) { throw std::runtime_error("no"); };
    const auto ignore = [](const codec::fault&) {};
    CHECK_THROWS_WITH(lines.feed(std::string(good) + "\n", refuse, ignore), "no");
    int values = 0;
    lines.feed(std::string(good) + "\n", [&](trade&&) { ++values; }, ignore);
    CHECK(values == 1);
}

TEST_CASE("json lines: once the longest line was seen, nothing is allocated") {
    codec::json_lines<trade> lines;
    std::string text;
    for (int i = 0; i != 100; ++i) text.append(good).append("\n");
    int values = 0;
    const auto value = [&](trade&&) { ++values; };
    const auto fault = [](const codec::fault&) {};
    const auto feed = [&] {
        lines.feed(std::string_view(text).substr(0, 1234), value, fault);
        lines.feed(std::string_view(text).substr(1234), value, fault);
    };
    feed();
    const std::size_t before = weir::testing::allocation_count();
    feed();
    CHECK(weir::testing::allocation_count() == before);
    CHECK(values == 200);
}

TEST_CASE("json lines: who finds a value to make no sense can tell where it stands") {
    codec::json_lines<trade> lines;
    std::string text;
    for (int i = 0; i != 3; ++i) text.append(good).append("\n\n");
    std::vector<codec::fault> places;
    const auto note = [&](trade&&) { places.push_back(lines.place()); };
    for (const char c : text) lines.feed({&c, 1}, note, [](const codec::fault&) {});
    REQUIRE(places.size() == 3);
    CHECK(places[0] == codec::fault{cause::none, 0, 1});
    CHECK(places[2] == codec::fault{cause::none, 2 * (good.size() + 2), 5});
}
