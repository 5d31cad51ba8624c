#include <weir/codec/checksum.hpp>

#include <xxhash.h>

namespace weir::codec {

std::uint32_t checksum(std::string_view bytes) noexcept {
    return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace weir::codec
