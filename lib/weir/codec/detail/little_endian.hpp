/// \file
/// Numbers as bytes in little-endian order, on every machine.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace weir::codec::detail {

template <std::unsigned_integral U>
constexpr U little_endian(U value) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        return value;
    } else {
        U turned = 0;
        for (std::size_t i = 0; i != sizeof(U); ++i) {
            turned = static_cast<U>((turned << 8) | ((value >> (8 * i)) & 0xFF));
        }
        return turned;
    }
}

/// The unsigned integer that has the size of a number.
template <std::size_t Size>
using bits_t = std::conditional_t<
    Size == 1, std::uint8_t,
    std::conditional_t<Size == 2, std::uint16_t,
                       std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>>;

/// Writes an integer or a floating-point number at `to`, and returns the end of its bytes.
template <class N>
    requires std::is_arithmetic_v<N>
char* store_number(char* to, N value) noexcept {
    const auto bits = little_endian(std::bit_cast<bits_t<sizeof(N)>>(value));
    std::memcpy(to, &bits, sizeof bits);
    return to + sizeof bits;
}

/// Reads the number at `from`.
template <class N>
    requires std::is_arithmetic_v<N>
N load_number(const char* from) noexcept {
    bits_t<sizeof(N)> bits{};
    std::memcpy(&bits, from, sizeof bits);
    return std::bit_cast<N>(little_endian(bits));
}

}  // namespace weir::codec::detail
