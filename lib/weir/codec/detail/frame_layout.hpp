/// \file
/// The layout of a frame. docs/codec.md describes it byte by byte.
///
///     0   2  "wf"
///     2   1  version of the format: 1
///     3   1  0, reserved
///     4   4  size of the payload
///     8   4  schema id
///     12  n  payload
///     12+n 4 checksum of all bytes before it
///
/// Numbers are little-endian. The payload holds the fields in order, without padding. Integers and
/// floating-point numbers have their own size, a bool is one byte (0 or 1), and an enum is its
/// underlying integer. Text is its size in 4 bytes, then its bytes. An optional is one byte (0 or
/// 1) and, after a 1, its value.
#pragma once

#include <weir/codec/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::codec::detail {

inline constexpr std::string_view frame_mark = "wf";
inline constexpr std::uint8_t frame_version = 1;
inline constexpr std::size_t frame_header_size = 12;
inline constexpr std::size_t frame_checksum_size = 4;
/// The bytes of a frame besides its payload.
inline constexpr std::size_t frame_overhead = frame_header_size + frame_checksum_size;

/// FNV-1a, 32 bits, over the description of a schema.
class schema_hash {
public:
    constexpr void add(std::string_view text) noexcept {
        for (const char c : text) {
            state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x01000193u;
        }
    }
    /// In decimal digits, so that the hashed text can be written down.
    constexpr void add_number(std::uint64_t n) noexcept {
        if (n >= 10) add_number(n / 10);
        const char digit = static_cast<char>('0' + n % 10);
        add({&digit, 1});
    }
    constexpr std::uint32_t value() const noexcept { return state_; }

private:
    std::uint32_t state_ = 0x811C9DC5u;
};

/// Adds a type: `u64`, `i8`, `f64`, `bool`, `text`, `e8{buy=0,sell=1}`; with `?` if it is optional.
template <class M>
constexpr void describe(schema_hash& to) noexcept {
    using plain_type = plain_t<M>;
    if constexpr (is_optional<M>) to.add("?");
    if constexpr (text<plain_type>) {
        to.add("text");
    } else if constexpr (std::same_as<plain_type, bool>) {
        to.add("bool");
    } else if constexpr (std::is_enum_v<plain_type>) {
        to.add("e");
        to.add_number(8 * sizeof(plain_type));
        to.add("{");
        for (const auto& each : names_of<plain_type>) {
            to.add(each.text);
            to.add("=");
            to.add_number(static_cast<std::uint64_t>(each.value));
            to.add(",");
        }
        to.add("}");
    } else {
        to.add(floating<plain_type> ? "f" : std::is_signed_v<plain_type> ? "i" : "u");
        to.add_number(8 * sizeof(plain_type));
    }
}

/// Distinguishes structs: a hash over the names and types of the fields, in order. Two structs with
/// the same fields are the same on the wire; std::string and std::string_view are both text.
template <described T>
inline constexpr std::uint32_t schema_id = [] {
    schema_hash hash;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((hash.add(std::get<I>(fields_of<T>).name), hash.add(":"), describe<field_t<T, I>>(hash),
          hash.add(";")),
         ...);
    }(std::make_index_sequence<field_count<T>>{});
    return hash.value();
}();

/// Whether a field has the same size in every frame. That size is its `sizeof`.
template <class M>
inline constexpr bool is_fixed = !is_optional<M> && !text<M>;

/// The smallest number of bytes that a field takes.
template <class M>
inline constexpr std::size_t least_size = is_optional<M> ? 1
                                          : text<M>      ? 4
                                                         : sizeof(M);

/// Whether all payloads of `T` have the same size, `least_payload<T>`.
template <described T>
inline constexpr bool is_fixed_payload = []<std::size_t... I>(std::index_sequence<I...>) {
    return (is_fixed<field_t<T, I>> && ...);
}(std::make_index_sequence<field_count<T>>{});

/// The size of the smallest payload of `T`.
template <described T>
inline constexpr std::size_t least_payload = []<std::size_t... I>(std::index_sequence<I...>) {
    return (least_size<field_t<T, I>> + ...);
}(std::make_index_sequence<field_count<T>>{});

}  // namespace weir::codec::detail
