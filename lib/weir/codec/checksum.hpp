/// \file
/// The checksum of frames.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::codec {

/// The low 32 bits of XXH3 (64 bits, seed 0): a few nanoseconds a frame. Finds accidents, such as a
/// wrong byte or a lost piece (one in 2^32 goes unseen); it does not prove who wrote the bytes.
std::uint32_t checksum(std::string_view bytes) noexcept;

}  // namespace weir::codec
