// Any bytes as frames, and any bytes as the payload of a frame with a right checksum: nothing
// crashes, what comes out does not depend on how they are cut, and each value that was read is
// written as the same bytes again.
#include <weir/codec/frame_write.hpp>
#include <weir/codec/frames.hpp>

#include <codec/support.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sealed_frame.hpp"

using namespace codec_test;

namespace {

// Whether the values are the same bit by bit, NaN too.
bool same(const outcome<owner>& a, const outcome<owner>& b) {
    std::string bytes_a;
    std::string bytes_b;
    for (const owner& x : a.values) codec::append_frame(bytes_a, x);
    for (const owner& x : b.values) codec::append_frame(bytes_b, x);
    return a.order == b.order && a.faults == b.faults && bytes_a == bytes_b;
}

outcome<owner> read(std::string_view bytes, std::size_t piece) {
    const codec::frames_options bounds{.max_payload = 300};
    auto whole = decode(codec::frames<owner>(bounds), bytes);
    const auto cuts = every(piece, bytes.size());
    if (!same(decode(codec::frames<owner>(bounds), bytes, cuts), whole)) std::abort();
    const auto viewed = decode(codec::frames<viewer>(bounds), bytes);
    if (viewed.order != whole.order || viewed.faults != whole.faults) std::abort();
    return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    read(bytes, piece);
    const std::string frame = sealed_frame(codec::detail::schema_id<owner>, bytes);
    const auto found = read(frame + frame, piece);
    if (found.order != "vv") return 0;
    std::string written;
    codec::append_frame(written, found.values[0]);
    if (written != frame) std::abort();
    return 0;
}
