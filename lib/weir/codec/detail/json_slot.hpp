/// \file
/// The fields of a struct as the JSON reader sees them: which key to look for, and how to store its
/// value. The reader itself does not know the struct. Users meet `json_lines` only.
#pragma once

#include <weir/codec/fault.hpp>
#include <weir/codec/fields.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace weir::codec::detail {

/// The kind of value that a field takes.
enum class json_kind : std::uint8_t {
    signed_integer,
    unsigned_integer,
    double_number,
    float_number,  ///< as the digits of the line: conversion through a double would round twice
    boolean,
    text,
};

/// A value of one of these kinds.
struct json_scalar {
    std::string_view text = {};  ///< the text; for a float_number, its digits
    union {
        std::int64_t signed_integer = 0;
        std::uint64_t unsigned_integer;
        double double_number;
        bool boolean;
    };
};

/// One field of a struct.
struct json_slot {
    std::string_view name;
    json_kind kind;
    bool optional;
    /// Stores the value in its field of `*record`, or returns why it does not fit.
    cause (*store)(void* record, const json_scalar& value);
};

template <plain M>
constexpr json_kind json_kind_of() {
    if constexpr (text<M> || std::is_enum_v<M>)
        return json_kind::text;
    else if constexpr (std::same_as<M, bool>)
        return json_kind::boolean;
    else if constexpr (std::same_as<M, float>)
        return json_kind::float_number;
    else if constexpr (std::same_as<M, double>)
        return json_kind::double_number;
    else if constexpr (std::is_signed_v<M>)
        return json_kind::signed_integer;
    else
        return json_kind::unsigned_integer;
}

template <plain M>
cause from_json(M& to, const json_scalar& value) {
    if constexpr (text<M>) {
        to = value.text;
    } else if constexpr (std::is_enum_v<M>) {
        const auto named = from_text<M>(value.text);
        if (!named) return cause::unknown_value;
        to = *named;
    } else if constexpr (std::same_as<M, bool>) {
        to = value.boolean;
    } else if constexpr (std::same_as<M, double>) {
        to = value.double_number;
    } else if constexpr (std::same_as<M, float>) {
        const char* const end = value.text.data() + value.text.size();
        if (std::from_chars(value.text.data(), end, to).ec != std::errc()) {
            return cause::out_of_range;
        }
    } else if constexpr (std::is_signed_v<M>) {
        if (!std::in_range<M>(value.signed_integer)) return cause::out_of_range;
        to = static_cast<M>(value.signed_integer);
    } else {
        if (!std::in_range<M>(value.unsigned_integer)) return cause::out_of_range;
        to = static_cast<M>(value.unsigned_integer);
    }
    return cause::none;
}

template <described T, std::size_t I>
cause store_json(void* record, const json_scalar& value) {
    auto& to = static_cast<T*>(record)->*(std::get<I>(fields_of<T>).member);
    if constexpr (is_optional<field_t<T, I>>) {
        return from_json(to.emplace(), value);
    } else {
        return from_json(to, value);
    }
}

/// The fields of `T` in order.
template <described T>
inline constexpr auto json_slots = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<json_slot, sizeof...(I)>{
        json_slot{std::get<I>(fields_of<T>).name, json_kind_of<plain_t<field_t<T, I>>>(),
                  is_optional<field_t<T, I>>, &store_json<T, I>}...};
}(std::make_index_sequence<field_count<T>>{});

}  // namespace weir::codec::detail
