// Frames of several structs in one input.

#include <weir/codec/decode.hpp>
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/codec/frames_of.hpp>
#include <weir/operators/map.hpp>
#include <weir/runtime/runtime.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "support.hpp"

using namespace codec_test;

namespace {

struct closed {
    std::uint32_t trades = 0;
};
constexpr auto weir_fields(std::type_identity<closed>) {
    return codec::fields(codec::field("trades", &closed::trades));
}

using book = codec::frames_of<trade, viewer, closed>;

// What a decoder calls: a word for each value and fault.
struct told_words {
    void operator()(trade&& t) { words += "trade " + std::to_string(t.id) + '\n'; }
    void operator()(viewer&& v) { words += "text " + std::string(v.text) + '\n'; }
    void operator()(closed&& c) { words += "closed " + std::to_string(c.trades) + '\n'; }
    void operator()(const codec::fault& f) { words += f.message() + '\n'; }
    std::string words;
};

std::string mixed() {
    owner named;
    named.text = "a longer text";
    std::string bytes;
    codec::append_frame(bytes, first);
    codec::append_frame(bytes, named);
    codec::append_frame(bytes, second);
    codec::append_frame(bytes, closed{2});
    return bytes;
}

std::string read(std::string_view bytes, std::size_t piece) {
    book in;
    told_words told;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        in.feed(bytes.substr(at, piece), told, told);
    }
    in.end(told, told);
    return told.words;
}

}  // namespace

TEST_CASE("frames_of: each frame is told as the struct that it is of, in order, for every cut") {
    const std::string bytes = mixed();
    const std::string expected = "trade 7\ntext a longer text\ntrade 8\nclosed 2\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        REQUIRE(read(bytes, piece) == expected);
    }
}

TEST_CASE("frames_of: a frame of none of the structs is passed over, a broken one ends it") {
    std::string other;
    codec::append_frame(other, owner());
    codec::frames_of<trade, closed> in;
    std::string said;
    const auto value = [&](auto&&) { said += 'v'; };
    const auto fault = [&](const codec::fault& f) {
        said += f.why == codec::cause::other_schema ? 'o' : 'f';
    };
    in.feed(mixed() + other, value, fault);
    CHECK(said == "vovvo");
    in.feed("nonsense of twelve bytes", value, fault);
    CHECK(said == "vovvof");
    CHECK(in.broken());
}

TEST_CASE("frames_of: a value's offset is that of its frame") {
    std::vector<std::size_t> offsets;
    book in;
    const auto value = [&](auto&&) { offsets.push_back(in.place().offset); };
    const auto fault = [](const codec::fault&) { FAIL("a fault"); };
    const std::string bytes = mixed();
    for (const char c : bytes) in.feed({&c, 1}, value, fault);
    const std::size_t one = codec::detail::frame_overhead + codec::detail::least_payload<trade>;
    const std::size_t last = codec::detail::frame_overhead + codec::detail::least_payload<closed>;
    CHECK(offsets ==
          std::vector<std::size_t>{0, one, bytes.size() - last - one, bytes.size() - last});
}

TEST_CASE("frames_of: a callback that says no is told the rest later") {
    const std::string bytes = mixed();
    book in;
    int values = 0;
    const auto value = [&](auto&&) {
        ++values;
        return false;
    };
    const auto fault = [](const codec::fault&) { FAIL("a fault"); };
    std::string_view rest = bytes;
    for (int i = 1; i <= 4; ++i) {
        rest.remove_prefix(in.feed(rest, value, fault));
        CHECK(values == i);
    }
    CHECK(rest.empty());
}

TEST_CASE("frames_of: as an operator, items are variants, which cannot be kept if one has views") {
    static_assert(weir::is_borrowed<book::value_type>);
    using numbers = codec::frames_of<trade, closed>;
    static_assert(!weir::is_borrowed<numbers::value_type>);
    static_assert(codec::decoder<book> && codec::decoder<numbers>);
    weir::runtime rt(1);
    const auto kind = [](const book::value_type& x) { return x.index(); };
    const auto kinds = rt.run(weir::from_range(std::vector{mixed()}) |
                              codec::decode(book(), [](const codec::fault&) {}) | weir::map(kind) |
                              weir::to<std::vector>());
    CHECK(kinds == std::vector<std::size_t>{0, 1, 0, 2});
}
