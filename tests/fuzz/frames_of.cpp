// Any bytes as frames of several structs, and any bytes as the payload of one of them with a right
// checksum: nothing crashes, what comes out does not depend on how they are cut, and each value
// that was read is written as the same bytes again.
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames_of.hpp>

#include <codec/support.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sealed_frame.hpp"

using namespace codec_test;

namespace {

// What was told: values as frames, and faults as texts.
struct told {
    template <codec::described T>
    void operator()(T&& value) {
        codec::append_frame(all, value);
    }
    void operator()(const codec::fault& f) {
        all += f.message() + '\n';
        ++faults;
    }
    std::string all;
    std::size_t faults = 0;
};

told read(std::string_view bytes, std::size_t piece) {
    codec::frames_of<trade, viewer> in({.max_payload = 300});
    told to;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        // A heap block of its exact size, so that ASan sees a read beyond it.
        const std::string_view part = bytes.substr(at, piece);
        const std::vector<char> block(part.begin(), part.end());
        in.feed(std::string_view(block.data(), block.size()), to, to);
    }
    in.end(to, to);
    return to;
}

told read_both_ways(std::string_view bytes, std::size_t piece) {
    const told whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
    if (read(bytes, piece).all != whole.all) std::abort();
    return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t piece = 1 + data[0];
    const std::uint32_t schema =
        data[1] % 2 == 0 ? codec::detail::schema_id<trade> : codec::detail::schema_id<viewer>;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    read_both_ways(bytes, piece);
    const std::string frame = sealed_frame(schema, bytes);
    const told found = read_both_ways(frame + frame, piece);
    if (found.faults == 0 && found.all != frame + frame) std::abort();
    return 0;
}
