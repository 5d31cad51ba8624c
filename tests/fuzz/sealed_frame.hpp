// A frame around any payload, with the right checksum: so that the fuzzer gets past it.
#pragma once

#include <weir/codec/checksum.hpp>
#include <weir/codec/detail/frame_layout.hpp>
#include <weir/codec/detail/little_endian.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace codec_test {

inline std::string sealed_frame(std::uint32_t schema, std::string_view payload) {
    std::string frame(weir::codec::detail::frame_mark);
    frame += '\x01';
    frame.resize(weir::codec::detail::frame_header_size);
    weir::codec::detail::store_number(frame.data() + 4, static_cast<std::uint32_t>(payload.size()));
    weir::codec::detail::store_number(frame.data() + 8, schema);
    frame += payload;
    const std::uint32_t sum = weir::codec::checksum(frame);
    frame.resize(frame.size() + weir::codec::detail::frame_checksum_size);
    weir::codec::detail::store_number(
        frame.data() + frame.size() - weir::codec::detail::frame_checksum_size, sum);
    return frame;
}

}  // namespace codec_test
