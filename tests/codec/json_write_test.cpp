#include <weir/codec/json_write.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <string_view>

#include "support.hpp"

using namespace codec_test;
using namespace std::string_view_literals;

namespace {

struct note {
    std::string_view text;
};
constexpr auto weir_fields(std::type_identity<note>) {
    return codec::fields(codec::field("text", &note::text));
}

struct real {
    double d;
    float f;
};
constexpr auto weir_fields(std::type_identity<real>) {
    return codec::fields(codec::field("d", &real::d), codec::field("f", &real::f));
}

template <class T>
std::string line_of(const T& value) {
    std::string line = "before ";
    codec::append_json_line(line, value);
    REQUIRE(line.starts_with("before "));
    return line.substr(7);
}

}  // namespace

TEST_CASE("json: a struct is written as one line, its fields in order") {
    CHECK(line_of(first) ==
          "{\"trade_id\":7,\"instrument_id\":3,\"trade_px\":101.25,\"side\":\"sell\"}\n");
}

TEST_CASE("json: every kind of field is written at its bounds") {
    owner x;
    x.i8 = -128, x.u8 = 255, x.i16 = -32768, x.u16 = 65535;
    x.i32 = std::numeric_limits<std::int32_t>::min();
    x.u32 = std::numeric_limits<std::uint32_t>::max();
    x.i64 = std::numeric_limits<std::int64_t>::min();
    x.u64 = std::numeric_limits<std::uint64_t>::max();
    x.yes = true;
    x.how = level::high;
    x.maybe_text = "here";
    x.maybe_side = side::buy;
    CHECK(line_of(x) ==
          "{\"i8\":-128,\"u8\":255,\"i16\":-32768,\"u16\":65535,\"i32\":-2147483648,"
          "\"u32\":4294967295,\"i64\":-9223372036854775808,\"u64\":18446744073709551615,"
          "\"f32\":0,\"f64\":0,\"yes\":true,\"how\":\"high\",\"text\":\"\",\"maybe_number\":null,"
          "\"maybe_real\":null,\"maybe_text\":\"here\",\"maybe_side\":\"buy\"}\n");
}

TEST_CASE("json: text is escaped where JSON asks for it, and nowhere else") {
    CHECK(line_of(note{"a/b\x7f é€😀"}) == "{\"text\":\"a/b\x7f é€😀\"}\n");
    CHECK(line_of(note{"\"\\\b\f\n\r\t"}) == "{\"text\":\"\\\"\\\\\\b\\f\\n\\r\\t\"}\n");
    CHECK(line_of(note{"\0\x01\x1f"sv}) == "{\"text\":\"\\u0000\\u0001\\u001f\"}\n");
}

TEST_CASE("json: what is not UTF-8 becomes the replacement character") {
    for (const std::string_view bad : {
             "\x80"sv,              // goes on, but nothing began
             "\xC3"sv,              // ends too early
             "\xC0\xAF"sv,          // overlong
             "\xE0\x80\x80"sv,      //
             "\xED\xA0\x80"sv,      // a surrogate
             "\xF0\x8F\xBF\xBF"sv,  // overlong
             "\xF4\x90\x80\x80"sv,  // beyond the last code point
             "\xFF"sv,
         }) {
        std::string expected = "{\"text\":\"(";
        for (std::size_t i = 0; i != bad.size(); ++i) expected += "\uFFFD";
        const std::string text = "(" + std::string(bad) + ")";
        CHECK(line_of(note{text}) == expected + ")\"}\n");
    }
}

TEST_CASE("json: of a character that is cut off one replacement character remains") {
    CHECK(line_of(note{"\xE2\x82"}) == "{\"text\":\"\uFFFD\"}\n");
    CHECK(line_of(note{"\xF0\x9F\x98z"}) == "{\"text\":\"\uFFFDz\"}\n");
    // The example of the Unicode standard, chapter 3.9.
    CHECK(line_of(note{"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"}) ==
          "{\"text\":\"a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd\"}\n");
}

TEST_CASE("json: numbers are the shortest that read back the same") {
    CHECK(line_of(real{0.1, 0.1F}) == "{\"d\":0.1,\"f\":0.1}\n");
    CHECK(line_of(real{1e22, 16777216}) == "{\"d\":1e+22,\"f\":16777216}\n");
    CHECK(line_of(real{-0.0, 1e-45F}) == "{\"d\":-0,\"f\":1e-45}\n");
    CHECK(line_of(real{-std::numeric_limits<double>::min(), std::numeric_limits<float>::max()}) ==
          "{\"d\":-2.2250738585072014e-308,\"f\":3.4028235e+38}\n");
}

TEST_CASE("json: what JSON cannot say is null") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(line_of(real{infinity, nan}) == "{\"d\":null,\"f\":null}\n");
    trade t = first;
    t.taker = side{7};
    CHECK(line_of(t).ends_with("\"side\":null}\n"));
}

TEST_CASE("fields: a struct's fields can be walked by name") {
    std::string names;
    trade t = first;
    codec::for_each_field(t, [&](std::string_view name, auto& member) {
        names.append(name).append(" ");
        member = {};
    });
    CHECK(names == "trade_id instrument_id trade_px side ");
    CHECK(t == trade());
}

TEST_CASE("fields: an enum and its names are found from each other") {
    CHECK(codec::to_text(side::sell) == "sell");
    CHECK(codec::to_text(side{7}) == std::nullopt);
    CHECK(codec::from_text<side>("buy") == side::buy);
    CHECK(codec::from_text<side>("BUY") == std::nullopt);
}

static_assert(codec::has_views<viewer> && weir::is_borrowed<viewer>);
static_assert(!codec::has_views<owner> && !weir::is_borrowed<owner>);
static_assert(!codec::described<int>);
