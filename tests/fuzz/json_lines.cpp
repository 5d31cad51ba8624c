// Any bytes as JSON lines: nothing crashes, what comes out does not depend on how they are cut, and
// each value that was read is read back from what is written of it.
#include <weir/codec/json_lines.hpp>
#include <weir/codec/json_write.hpp>

#include <codec/support.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace codec_test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const codec::json_lines_options bounds{.max_line = 200};
    const auto whole = decode(codec::json_lines<owner>(bounds), text);
    if (decode(codec::json_lines<owner>(bounds), text, every(piece, text.size())) != whole) {
        std::abort();
    }
    if (decode(codec::json_lines<viewer>(bounds), text).values != whole.values) std::abort();
    std::string written;
    for (const owner& x : whole.values) codec::append_json_line(written, x);
    const auto again = decode(codec::json_lines<owner>(), written);
    if (!again.faults.empty() || again.values != whole.values) std::abort();
    return 0;
}
