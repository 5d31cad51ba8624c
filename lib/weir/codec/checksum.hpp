/// \file
/// The checksum of frames.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::codec {

/// The low 32 bits of XXH3 (64 bits, seed 0). It costs a few nanoseconds a frame. It detects
/// accidental damage, such as a wrong byte or a missing piece; one case in 2^32 goes undetected. It
/// does not prove where the bytes came from.
std::uint32_t checksum(std::string_view bytes) noexcept;

}  // namespace weir::codec
