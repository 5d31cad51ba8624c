// What the codec tests share: structs with fields of each kind, random values of them, and
// decoders' results as plain data.
#pragma once

#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>
#include <weir/testing/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace codec_test {

namespace codec = weir::codec;
using weir::testing::seeded_random;

enum class side : std::uint8_t { buy, sell };
constexpr auto weir_names(std::type_identity<side>) {
    return codec::names(codec::name("buy", side::buy), codec::name("sell", side::sell));
}

enum class level : std::int32_t { low = -1, high = 70'000 };
constexpr auto weir_names(std::type_identity<level>) {
    return codec::names(codec::name("low", level::low), codec::name("high", level::high));
}

// Of fixed size in a frame.
struct trade {
    std::uint64_t id = 0;
    std::uint32_t instrument = 0;
    double price = 0;
    side taker = side::buy;

    friend bool operator==(const trade&, const trade&) = default;
};
constexpr auto weir_fields(std::type_identity<trade>) {
    return codec::fields(
        codec::field("trade_id", &trade::id), codec::field("instrument_id", &trade::instrument),
        codec::field("trade_px", &trade::price), codec::field("side", &trade::taker));
}

// A field of each kind.
template <class Text>
struct all_kinds {
    std::int8_t i8 = 0;
    std::uint8_t u8 = 0;
    std::int16_t i16 = 0;
    std::uint16_t u16 = 0;
    std::int32_t i32 = 0;
    std::uint32_t u32 = 0;
    std::int64_t i64 = 0;
    std::uint64_t u64 = 0;
    float f32 = 0;
    double f64 = 0;
    bool yes = false;
    level how = level::low;
    Text text;
    std::optional<std::int64_t> maybe_number;
    std::optional<double> maybe_real;
    std::optional<Text> maybe_text;
    std::optional<side> maybe_side;

    friend bool operator==(const all_kinds&, const all_kinds&) = default;
};
template <class Text>
constexpr auto weir_fields(std::type_identity<all_kinds<Text>>) {
    using all = all_kinds<Text>;
    return codec::fields(
        codec::field("i8", &all::i8), codec::field("u8", &all::u8), codec::field("i16", &all::i16),
        codec::field("u16", &all::u16), codec::field("i32", &all::i32),
        codec::field("u32", &all::u32), codec::field("i64", &all::i64),
        codec::field("u64", &all::u64), codec::field("f32", &all::f32),
        codec::field("f64", &all::f64), codec::field("yes", &all::yes),
        codec::field("how", &all::how), codec::field("text", &all::text),
        codec::field("maybe_number", &all::maybe_number),
        codec::field("maybe_real", &all::maybe_real), codec::field("maybe_text", &all::maybe_text),
        codec::field("maybe_side", &all::maybe_side));
}
using owner = all_kinds<std::string>;
using viewer = all_kinds<std::string_view>;

inline const trade first{7, 3, 101.25, side::sell};
inline const trade second{8, 4, 0.5, side::buy};

// Any value that is finite, the odd ones often.
template <class F, class Bits>
F any_real(seeded_random& dice) {
    constexpr F odd[] = {0,
                         -F(0),
                         1,
                         F(0.1),
                         std::numeric_limits<F>::max(),
                         std::numeric_limits<F>::min(),
                         std::numeric_limits<F>::denorm_min(),
                         -std::numeric_limits<F>::max()};
    if (dice.one_in(4)) return odd[dice.below(std::size(odd))];
    const F x = std::bit_cast<F>(static_cast<Bits>(dice.next()));
    return std::isfinite(x) ? x : F(1.5);
}

template <class I>
I any_integer(seeded_random& dice) {
    if (dice.one_in(4)) return std::numeric_limits<I>::max();
    if (dice.one_in(4)) return std::numeric_limits<I>::min();
    return static_cast<I>(dice.next());
}

// Valid UTF-8 with a taste for what must be escaped.
inline std::string any_text(seeded_random& dice) {
    using namespace std::string_view_literals;
    constexpr std::string_view parts[] = {"a",       "\"",         "\\",     "\n",         "\0"sv,
                                          "\x1f",    "é",          "\u20ac", "\U0001F600", "/",
                                          "\\u0041", "0123456789", "\x7f",   " "};
    std::string text;
    for (std::uint64_t n = dice.below(8); n != 0; --n) text += parts[dice.below(std::size(parts))];
    return text;
}

inline owner any_owner(seeded_random& dice) {
    owner x;
    x.i8 = any_integer<std::int8_t>(dice);
    x.u8 = any_integer<std::uint8_t>(dice);
    x.i16 = any_integer<std::int16_t>(dice);
    x.u16 = any_integer<std::uint16_t>(dice);
    x.i32 = any_integer<std::int32_t>(dice);
    x.u32 = any_integer<std::uint32_t>(dice);
    x.i64 = any_integer<std::int64_t>(dice);
    x.u64 = any_integer<std::uint64_t>(dice);
    x.f32 = any_real<float, std::uint32_t>(dice);
    x.f64 = any_real<double, std::uint64_t>(dice);
    x.yes = dice.one_in(2);
    x.how = dice.one_in(2) ? level::low : level::high;
    x.text = any_text(dice);
    if (dice.one_in(2)) x.maybe_number = any_integer<std::int64_t>(dice);
    if (dice.one_in(2)) x.maybe_real = any_real<double, std::uint64_t>(dice);
    if (dice.one_in(2)) x.maybe_text = any_text(dice);
    if (dice.one_in(2)) x.maybe_side = side::sell;
    return x;
}

// The same with text of its own.
inline owner own(const viewer& x) {
    owner y{x.i8,
            x.u8,
            x.i16,
            x.u16,
            x.i32,
            x.u32,
            x.i64,
            x.u64,
            x.f32,
            x.f64,
            x.yes,
            x.how,
            std::string(x.text),
            x.maybe_number,
            x.maybe_real,
            {},
            x.maybe_side};
    if (x.maybe_text) y.maybe_text = std::string(*x.maybe_text);
    return y;
}
inline trade own(const trade& x) {
    return x;
}
inline owner own(owner&& x) {
    return std::move(x);
}

// What a decoder said, in order: values and faults.
template <class T>
struct outcome {
    std::vector<T> values;
    std::vector<codec::fault> faults;
    std::string order;  // a letter for each: v or f

    friend bool operator==(const outcome&, const outcome&) = default;
};

template <class Decoder>
using outcome_of = outcome<decltype(own(std::declval<typename Decoder::value_type>()))>;

// Feeds `text` in pieces that end at `cuts`. The pieces are heap blocks of their exact size, so
// that ASan sees a read beyond them.
template <class Decoder>
outcome_of<Decoder> decode(Decoder decoder, std::string_view text,
                           const std::vector<std::size_t>& cuts = {}) {
    outcome_of<Decoder> all;
    const auto value = [&](typename Decoder::value_type&& x) {
        all.values.push_back(own(std::move(x)));
        all.order += 'v';
    };
    const auto fault = [&](const codec::fault& f) {
        all.faults.push_back(f);
        all.order += 'f';
    };
    std::size_t begin = 0;
    const auto feed = [&](std::size_t end) {
        const auto piece = std::make_unique<char[]>(end - begin);
        std::copy_n(text.data() + begin, end - begin, piece.get());
        decoder.feed({piece.get(), end - begin}, value, fault);
        begin = end;
    };
    for (const std::size_t cut : cuts) feed(cut);
    feed(text.size());
    decoder.end(value, fault);
    return all;
}

// The same in pieces of `size` bytes.
inline std::vector<std::size_t> every(std::size_t size, std::size_t of) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = size; i < of; i += size) cuts.push_back(i);
    return cuts;
}

}  // namespace codec_test

namespace weir::codec {
inline std::ostream& operator<<(std::ostream& out, const fault& f) {
    return out << f.message();
}
}  // namespace weir::codec
