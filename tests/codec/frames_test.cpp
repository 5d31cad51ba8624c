#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>

#include <doctest/doctest.h>
#include <support/allocation_count.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

using namespace codec_test;
using codec::cause;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

template <class... T>
std::string frames_of(const T&... values) {
    std::string bytes;
    (codec::append_frame(bytes, values), ...);
    return bytes;
}

outcome<trade> read(std::string_view bytes) {
    return codec_test::decode(codec::frames<trade>(), bytes);
}

// Makes the checksum right again, as one who forges frames would.
std::string sealed(std::string frame) {
    const std::size_t at = frame.size() - codec::detail::frame_checksum_size;
    codec::detail::store_number(frame.data() + at,
                                codec::checksum(std::string_view(frame).substr(0, at)));
    return frame;
}

const std::size_t trade_frame = codec::detail::frame_overhead + 8 + 4 + 8 + 1;

}  // namespace

TEST_CASE("frames: the bytes of a frame are those of its description") {
    // docs/codec.md shows this one.
    const std::string frame = frames_of(first);
    REQUIRE(frame.size() == trade_frame);
    CHECK(frame.substr(0, 8) == "wf\x01\x00\x15\x00\x00\x00"sv);
    CHECK(codec::detail::load_number<std::uint32_t>(frame.data() + 8) ==
          codec::detail::schema_id<trade>);
    CHECK(frame.substr(12, 21) ==
          "\x07\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x50\x59\x40\x01"sv);
    CHECK(sealed(frame) == frame);
    // The format must not change unnoticed.
    CHECK(codec::detail::schema_id<trade> == 2'535'311'725);
    CHECK(codec::checksum("weir") == 1'099'002'136);
}

TEST_CASE("frames: text and optionals are written with their size and presence") {
    owner x;
    x.text = "ab";
    x.maybe_number = 1;
    x.maybe_text = "";
    const std::string frame = frames_of(x);
    constexpr std::size_t fixed = 1 + 1 + 2 + 2 + 4 + 4 + 8 + 8 + 4 + 8 + 1 + 4;
    CHECK(std::string_view(frame).substr(12 + fixed, frame.size() - fixed - 16) ==
          "\x02\x00\x00\x00"
          "ab\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00"sv);
}

TEST_CASE("frames: the schema id is of the names and the types") {
    CHECK(codec::detail::schema_id<owner> == codec::detail::schema_id<viewer>);
    CHECK(codec::detail::schema_id<owner> != codec::detail::schema_id<trade>);
}

TEST_CASE("frames: values written are read back, bit by bit, in pieces of any size") {
    seeded_random dice(6);
    for (int round = 0; round != 300; ++round) {
        std::vector<owner> values;
        std::string bytes;
        for (std::uint64_t n = dice.below(4); n != 0; --n) {
            values.push_back(any_owner(dice));
            codec::append_frame(bytes, values.back());
        }
        const auto cuts = every(1 + dice.below(200), bytes.size());
        CHECK(codec_test::decode(codec::frames<owner>(), bytes, cuts).values == values);
        CHECK(codec_test::decode(codec::frames<viewer>(), bytes, cuts).values == values);
        CHECK(codec_test::decode(codec::frames<viewer>(), bytes, cuts).faults.empty());
    }
}

TEST_CASE("frames: every cut of the input gives the same") {
    owner other;
    other.text = "of another schema";
    std::string unknown = frames_of(first);
    unknown[12 + 20] = 7;
    const std::string bytes =
        frames_of(first, other) + sealed(unknown) + frames_of(second) + "wf\x01\x00\x15"s;
    const auto whole = read(bytes);
    CHECK(whole.order == "vffvf");
    CHECK(whole.values == std::vector{first, second});
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        REQUIRE(codec_test::decode(codec::frames<trade>(), bytes, {cut}) == whole);
    }
    for (const std::size_t size : {1U, 2U, 11U, 12U, 13U, 37U}) {
        CHECK(codec_test::decode(codec::frames<trade>(), bytes, every(size, bytes.size())) ==
              whole);
    }
}

TEST_CASE("frames: a frame damaged in any bit is a fault at its offset, never a wrong value") {
    const std::string good = frames_of(first);
    const std::string after = frames_of(second, second, second);
    for (std::size_t at = 0; at != good.size(); ++at) {
        for (int byte = 0; byte != 256; ++byte) {
            std::string damaged = good;
            if (damaged[at] == static_cast<char>(byte)) continue;
            damaged[at] = static_cast<char>(byte);
            const auto found = read(good + damaged + after);
            REQUIRE(found.order == "vf");
            REQUIRE(found.values[0] == first);
            REQUIRE(found.faults[0].offset == good.size());
        }
    }
}

TEST_CASE("frames: an input that ends inside a frame is a fault at the frame's offset") {
    const std::string bytes = frames_of(first, second);
    for (std::size_t size = trade_frame + 1; size != bytes.size(); ++size) {
        const auto found = read(std::string_view(bytes).substr(0, size));
        REQUIRE(found.order == "vf");
        CHECK(found.faults[0] == codec::fault{cause::truncated, trade_frame});
    }
    CHECK(read("").order.empty());
    CHECK(read(bytes).order == "vv");
}

TEST_CASE("frames: each fault of a frame has its name") {
    const std::string good = frames_of(first);
    const auto with = [&](std::size_t at, char byte) {
        std::string bytes = good;
        bytes[at] = byte;
        return bytes;
    };
    const auto fault_of = [](const std::string& bytes) { return read(bytes).faults.at(0); };
    CHECK(fault_of(with(0, 'x')) == codec::fault{cause::not_a_frame, 0});
    CHECK(fault_of("{\"trade_id\":7}") == codec::fault{cause::not_a_frame, 0});
    CHECK(fault_of(with(2, 2)) == codec::fault{cause::unknown_version, 0});
    CHECK(fault_of(with(3, 1)) == codec::fault{cause::unknown_version, 0});
    CHECK(fault_of(with(7, 1)) == codec::fault{cause::frame_too_large, 0});
    CHECK(fault_of(with(20, 1)) == codec::fault{cause::wrong_checksum, 0});
    CHECK(fault_of(good + with(20, 1)).message() ==
          "byte 37: the frame is damaged: its checksum is wrong");
    CHECK(fault_of(with(20, 1)).status().code() == absl::StatusCode::kDataLoss);
    CHECK(fault_of(with(7, 1)).status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("frames: a whole frame that is no value is passed over, whoever sealed it") {
    const auto forged = [](const std::string& payload) {
        std::string bytes = frames_of(owner());
        bytes.resize(codec::detail::frame_header_size);
        codec::detail::store_number(bytes.data() + 4, static_cast<std::uint32_t>(payload.size()));
        return sealed(bytes + payload + "####");
    };
    const auto found = [&](const std::string& payload) {
        owner good;
        good.text = "good";
        const auto all =
            codec_test::decode(codec::frames<viewer>(), forged(payload) + frames_of(good));
        REQUIRE(all.order == "fv");
        CHECK(all.values[0] == good);
        return all.faults[0];
    };
    std::string payload = frames_of(owner());
    payload = payload.substr(12, payload.size() - 16);
    const auto with = [&](std::size_t at, std::string_view bytes) {
        return std::string(payload).replace(at, bytes.size(), bytes);
    };
    constexpr std::size_t yes = 42;
    CHECK(found(with(yes, "\x02")) == codec::fault{cause::unknown_value, 12 + yes, 0, "yes"});
    CHECK(found(with(yes + 1, "\x05")) == codec::fault{cause::unknown_value, 13 + yes, 0, "how"});
    CHECK(found(with(yes + 5, "\xff\xff\xff\xff")) ==
          codec::fault{cause::wrong_size, 17 + yes, 0, "text"});
    CHECK(found(with(yes + 9, "\x02")).field == "maybe_number");
    CHECK(found(payload + "x") == codec::fault{cause::wrong_size, 12 + payload.size()});
    for (std::size_t size = 0; size != payload.size(); ++size) {
        CHECK(found(payload.substr(0, size)).why == cause::wrong_size);
    }
}

TEST_CASE("frames: a decoder that is broken ignores what follows") {
    codec::frames<trade> in;
    int values = 0;
    int faults = 0;
    const auto value = [&](trade&&) { ++values; };
    const auto fault = [&](const codec::fault&) { ++faults; };
    CHECK_FALSE(in.broken());
    const std::string bytes = "nonsense nonsense" + frames_of(first);
    CHECK(in.feed(bytes, value, fault) == bytes.size());
    CHECK(in.broken());
    CHECK(in.feed(bytes, value, fault) == bytes.size());
    CHECK(in.end(value, fault));
    CHECK(values == 0);
    CHECK(faults == 1);
}

TEST_CASE("frames: a frame as large as the bound is read, and no more than that is held") {
    owner x;
    x.text = std::string(1000, 'x');
    const std::string bytes = frames_of(x);
    const std::size_t payload = bytes.size() - codec::detail::frame_overhead;
    CHECK(codec_test::decode(codec::frames<owner>({.max_payload = payload}), bytes, {13}).order ==
          "v");
    codec::frames<owner> in({.max_payload = payload - 1});
    std::string said;
    for (const char c : bytes) {
        in.feed({&c, 1}, [&](owner&&) { said += 'v'; }, [&](const codec::fault&) { said += 'f'; });
        CHECK(in.held() <= codec::detail::frame_header_size);
    }
    CHECK(said == "f");
}

TEST_CASE("frames: a callback that says no is told the rest later") {
    const std::string bytes = frames_of(first, owner(), second, first);
    codec::frames<trade> in;
    std::string said;
    const auto value = [&](trade&&) {
        said += 'v';
        return false;
    };
    const auto fault = [&](const codec::fault&) {
        said += 'f';
        return false;
    };
    // What came before it is in pieces, so that a value out of the buffer is refused as well.
    in.feed(std::string_view(bytes).substr(0, 5), value, fault);
    std::string_view rest = std::string_view(bytes).substr(5);
    while (!rest.empty()) rest.remove_prefix(in.feed(rest, value, fault));
    CHECK(said == "vfvv");
    CHECK(in.end(value, fault));
}

TEST_CASE("frames: neither writing nor reading allocates once there is room") {
    std::string bytes;
    const auto write = [&] {
        bytes.clear();
        for (int i = 0; i != 100; ++i) codec::append_frame(bytes, first);
    };
    codec::frames<trade> in;
    int values = 0;
    const auto read_all = [&] {
        const auto value = [&](trade&&) { ++values; };
        const auto fault = [](const codec::fault&) {};
        in.feed(std::string_view(bytes).substr(0, 1234), value, fault);
        in.feed(std::string_view(bytes).substr(1234), value, fault);
    };
    write();
    read_all();
    const std::size_t before = weir::testing::allocation_count();
    write();
    read_all();
    CHECK(weir::testing::allocation_count() == before);
    CHECK(values == 200);
}

TEST_CASE("frames: who finds a value to make no sense can tell where its frame begins") {
    const std::string one = frames_of(trade());
    codec::frames<trade> in;
    std::vector<std::uint64_t> places;
    const auto note = [&](trade&&) { places.push_back(in.place().offset); };
    for (const char c : one + one) in.feed({&c, 1}, note, [](const codec::fault&) {});
    CHECK(places == std::vector<std::uint64_t>{0, one.size()});
}
