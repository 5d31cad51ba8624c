#include <weir/codec/decode.hpp>
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>
#include <weir/codec/json_lines.hpp>
#include <weir/operators/map.hpp>
#include <weir/operators/split_errors.hpp>
#include <weir/sinks/to.hpp>
#include <weir/sources/from_range.hpp>
#include <weir/testing/drive.hpp>

#include <doctest/doctest.h>
#include <support/exam.hpp>
#include <support/polled.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace codec_test;
using weir::testing::examine;
using weir::testing::move_only;
using weir::testing::probe;

namespace {

struct number {
    int n = 0;
};
constexpr auto weir_fields(std::type_identity<number>) {
    return codec::fields(codec::field("n", &number::n));
}

struct word {
    std::string_view text;
};
constexpr auto weir_fields(std::type_identity<word>) {
    return codec::fields(codec::field("text", &word::text));
}

// A line that the next chunk ends; a bad one for what is negative.
std::string line_of(move_only x) {
    return "\n{\"n\":" + std::to_string(x.value()) + (x.value() < 0 ? "x}" : "}");
}

std::string text_of(number x) {
    return std::to_string(x.n);
}

std::vector<std::string> pieces(const std::string& bytes, std::size_t size) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < bytes.size(); i += size) all.push_back(bytes.substr(i, size));
    return all;
}

// The items of a stream that is always ready.
template <class S>
std::vector<weir::item_t<S>> items_of(S stream) {
    return weir::testing::run(std::move(stream) | weir::to<std::vector>());
}

}  // namespace

TEST_CASE("decode passes on the values in chunks of bytes, and hands faults to its function") {
    examine({.apply =
                 [](weir::any_stream<move_only> s, probe call) {
                     auto reject = [call](const codec::fault&) { call(); };
                     return std::move(s) | weir::map(line_of) |
                            codec::decode(codec::json_lines<number>(), reject, "exam") |
                            weir::map(text_of);
                 },
             .input = {1, -1, 2, -2, 3},
             .expected = {"1", "2", "3"},
             .before_failure = {{"1", "2"}},
             .filtered = {-1, -2},
             .stage = "decode 'exam'"});
}

TEST_CASE("decode without a function passes on faults in their place") {
    examine({.apply =
                 [](weir::any_stream<move_only> s, probe) {
                     auto text = [](const absl::StatusOr<number>& x) {
                         return x.ok() ? text_of(*x) : std::string(x.status().message());
                     };
                     return std::move(s) | weir::map(line_of) |
                            codec::decode(codec::json_lines<number>()) | weir::map(text);
                 },
             .input = {1, -1, 2},
             .expected = {"1",
                          "line 3, byte 14: field 'n' is not JSON: neither number, text, true, "
                          "false nor null",
                          "2"},
             .before_failure = {{"1",
                                 "line 3, byte 14: field 'n' is not JSON: neither number, text, "
                                 "true, false nor null"}},
             .filtered = {},
             .stage = ""});
}

TEST_CASE("decode gives the same values however the bytes are cut into chunks") {
    std::string bytes;
    std::vector<trade> trades;
    for (std::uint64_t i = 0; i != 20; ++i) {
        trades.push_back({i, 1, 0.5, side::buy});
        codec::append_frame(bytes, trades.back());
    }
    for (std::size_t size = 1; size <= bytes.size(); size += 7) {
        const auto refuse = [](const codec::fault& f) { FAIL(f.message()); };
        CHECK(items_of(weir::from_range(pieces(bytes, size)) |
                       codec::decode(codec::frames<trade>(), refuse)) == trades);
    }
}

TEST_CASE("decode takes any chunks that own their bytes") {
    std::string bytes;
    codec::append_frame(bytes, first);
    std::vector<std::byte> raw;
    for (const char c : bytes) raw.push_back(static_cast<std::byte>(c));
    const auto refuse = [](const codec::fault& f) { FAIL(f.message()); };
    CHECK(items_of(weir::from_range(std::vector{raw, raw}) |
                   codec::decode(codec::frames<trade>(), refuse)) == std::vector{first, first});
}

TEST_CASE("decode ends when its decoder is broken") {
    std::string bytes;
    codec::append_frame(bytes, first);
    std::vector<std::string> chunks{bytes, "nonsense nonsense", bytes};
    std::vector<codec::fault> faults;
    const auto keep = [&](const codec::fault& f) { faults.push_back(f); };
    CHECK(items_of(weir::from_range(chunks) | codec::decode(codec::frames<trade>(), keep)) ==
          std::vector{first});
    CHECK(faults == std::vector{codec::fault{codec::cause::not_a_frame, bytes.size()}});
    const auto items = items_of(weir::from_range(chunks) | codec::decode(codec::frames<trade>()));
    REQUIRE(items.size() == 2);
    CHECK(items[0].ok());
    CHECK(items[1].status() == faults[0].status());
}

TEST_CASE("decode hands on views that can be looked at before the next item is asked for") {
    std::string bytes;
    for (const std::string_view text : {"one", "two", "three"}) {
        codec::append_frame(bytes, word{text});
    }
    const auto refuse = [](const codec::fault& f) { FAIL(f.message()); };
    const auto own_text = [](word w) { return std::string(w.text); };
    for (const std::size_t size : {std::size_t{1}, std::size_t{30}, bytes.size()}) {
        CHECK(items_of(weir::from_range(pieces(bytes, size)) |
                       codec::decode(codec::frames<word>(), refuse) | weir::map(own_text)) ==
              std::vector<std::string>{"one", "two", "three"});
    }
    asio::io_context io;
    auto words = weir::from_range(pieces(bytes, bytes.size())) |
                 codec::decode(codec::frames<word>(), refuse);
    std::string seen;
    for (int i = 0; i != 3; ++i) {
        const auto asked = weir::testing::start_next(io, words);
        weir::testing::settle(io);
        const auto next = asked->get();
        REQUIRE(next);
        seen.append(next->text).append(" ");
    }
    CHECK(seen == "one two three ");
}

TEST_CASE("decode pauses where its sink says no, also on its last item") {
    const auto ignore = [](const codec::fault&) {};
    std::string frame;
    codec::append_frame(frame, first);
    // The last item comes of the end of the input, or of a chunk behind which nothing can come.
    auto lines = weir::from_range(std::vector<std::string>{"{\"n\":1}\n{\"n\":2}"}) |
                 codec::decode(codec::json_lines<number>(), ignore);
    auto frames = weir::from_range(std::vector<std::string>{frame + "nonsense nonsense"}) |
                  codec::decode(codec::frames<trade>());
    weir::testing::poll_by_hand poll;
    const auto check = [&](auto& stream) {
        for (int i = 0; i != 2; ++i) {
            const auto [state, item] = poll(stream);
            CHECK(state == weir::poll_state::paused);
            CHECK(item.has_value());
        }
        const auto [state, item] = poll(stream);
        CHECK(state == weir::poll_state::finished);
        CHECK_FALSE(item.has_value());
    };
    check(lines);
    check(frames);
}

static_assert(weir::is_borrowed<word> && weir::is_borrowed<absl::StatusOr<word>>);
static_assert(!weir::is_borrowed<absl::StatusOr<number>>);
