/// \file
/// Writes structs as frames of bytes.
#pragma once

#include <weir/codec/checksum.hpp>
#include <weir/codec/detail/frame_layout.hpp>
#include <weir/codec/detail/little_endian.hpp>
#include <weir/codec/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::codec {

namespace detail {

template <plain M>
std::size_t size_in_frame(const M& value) noexcept {
    if constexpr (text<M>) {
        return sizeof(std::uint32_t) + value.size();
    } else {
        return sizeof(M);
    }
}
template <class M>
std::size_t size_in_frame(const std::optional<M>& value) noexcept {
    return 1 + (value ? size_in_frame(*value) : 0);
}

template <plain M>
char* write_in_frame(char* to, const M& value) noexcept {
    if constexpr (text<M>) {
        to = store_number(to, static_cast<std::uint32_t>(value.size()));
        if (!value.empty()) std::memcpy(to, value.data(), value.size());
        return to + value.size();
    } else if constexpr (std::same_as<M, bool>) {
        return store_number(to, std::uint8_t{value});
    } else if constexpr (std::is_enum_v<M>) {
        return store_number(to, static_cast<std::underlying_type_t<M>>(value));
    } else {
        return store_number(to, value);
    }
}
template <class M>
char* write_in_frame(char* to, const std::optional<M>& value) noexcept {
    to = store_number(to, std::uint8_t{value.has_value()});
    return value ? write_in_frame(to, *value) : to;
}

/// The size of the payload of `value`'s frame. The frame is `frame_overhead` bytes larger.
template <described T>
std::size_t payload_size(const T& value) noexcept {
    if constexpr (is_fixed_payload<T>) {
        return least_payload<T>;
    } else {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (size_in_frame(value.*(std::get<I>(fields_of<T>).member)) + ...);
        }(std::make_index_sequence<field_count<T>>{});
    }
}

}  // namespace detail

/// Appends `value` as one frame to `to`.
///
///     codec::append_frame(out, trade);
///
/// Values are written as they are, also NaN and enum values without a name (`frames` refuses the
/// latter). Readers have a limit on the payload, `frames_options::max_payload`, which the writer
/// does not know: limit the length of your texts.
///
/// Errors: std::length_error if the payload has 4 GiB or more, std::bad_alloc; then nothing is
/// appended. Cost: no allocation if `to` has room.
template <described T>
void append_frame(std::string& to, const T& value) {
    const std::size_t size = detail::payload_size(value);
    if (size > std::numeric_limits<std::uint32_t>::max()) {
        throw std::length_error("weir::codec::append_frame: the payload has 4 GiB or more");
    }
    const std::size_t begin = to.size();
    to.resize(begin + detail::frame_overhead + size);
    char* const frame = to.data() + begin;
    char* at = frame;
    std::memcpy(at, detail::frame_mark.data(), detail::frame_mark.size());
    at = detail::store_number(at + detail::frame_mark.size(), detail::frame_version);
    at = detail::store_number(at, std::uint8_t{0});
    at = detail::store_number(at, static_cast<std::uint32_t>(size));
    at = detail::store_number(at, detail::schema_id<T>);
    std::apply(
        [&](const auto&... each) {
            ((at = detail::write_in_frame(at, value.*(each.member))), ...);
        },
        fields_of<T>);
    detail::store_number(at, checksum({frame, static_cast<std::size_t>(at - frame)}));
}

}  // namespace weir::codec
