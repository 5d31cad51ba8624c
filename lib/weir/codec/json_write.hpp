/// \file
/// Writes structs as JSON lines.
#pragma once

#include <weir/codec/fields.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir::codec {

namespace detail {

/// Writes `text` in quotes at `to`, escaped, and returns its end. It writes at most
/// `json_text_bound(text)` bytes. Bytes that are not UTF-8 become U+FFFD, one for each maximal
/// subpart (a term of Unicode).
char* write_json_text(char* to, std::string_view text) noexcept;

/// An upper bound of the bytes that `write_json_text` writes.
std::size_t json_text_bound(std::string_view text) noexcept;

template <described T, std::size_t I>
struct json_key {
    static constexpr std::string_view name = std::get<I>(fields_of<T>).name;

    /// The text before the value of field I: `{"id":` or `,"px":`.
    static constexpr auto text = [] {
        std::array<char, name.size() + 4> all{};
        all[0] = I == 0 ? '{' : ',';
        all[1] = '"';
        for (std::size_t i = 0; i != name.size(); ++i) all[2 + i] = name[i];
        all[2 + name.size()] = '"';
        all[3 + name.size()] = ':';
        return all;
    }();
};

inline char* write_bytes(char* to, std::string_view bytes) noexcept {
    std::memcpy(to, bytes.data(), bytes.size());
    return to + bytes.size();
}

/// An upper bound of a number's length: -2.2250738585072014e-308 has 24 characters.
inline constexpr std::size_t longest_json_number = 32;

template <plain M>
std::size_t json_bound(const M& value) noexcept {
    if constexpr (text<M>) {
        return json_text_bound(value);
    } else if constexpr (std::is_enum_v<M>) {
        return std::max(to_text(value).value_or("").size() + 2, std::size_t{4});
    } else {
        return longest_json_number;
    }
}
template <class M>
std::size_t json_bound(const std::optional<M>& value) noexcept {
    return value ? json_bound(*value) : longest_json_number;
}

template <plain M>
char* write_json(char* to, const M& value) noexcept {
    if constexpr (text<M>) {
        return write_json_text(to, value);
    } else if constexpr (std::is_enum_v<M>) {
        const auto called = to_text(value);
        if (!called) return write_bytes(to, "null");
        *to++ = '"';
        to = write_bytes(to, *called);
        *to++ = '"';
        return to;
    } else if constexpr (std::same_as<M, bool>) {
        return write_bytes(to, value ? "true" : "false");
    } else {
        if constexpr (floating<M>) {
            if (!std::isfinite(value)) return write_bytes(to, "null");
        }
        return std::to_chars(to, to + longest_json_number, value).ptr;
    }
}
template <class M>
char* write_json(char* to, const std::optional<M>& value) noexcept {
    return value ? write_json(to, *value) : write_bytes(to, "null");
}

}  // namespace detail

/// Appends `value` as one line of JSON, with its LF, to `to`.
///
///     codec::append_json_line(out, trade);   // {"trade_id":7,"trade_px":101.25,"side":"buy"}
///
/// All fields are written, in order; an empty optional is written as null. A number is written as
/// the shortest text that reads back to the same value. Infinities, NaN, and enum values without a
/// name cannot be expressed in JSON and are written as null. Such a line is valid. `json_lines`
/// reads it if the field is an optional; otherwise it reports a fault for that field. In text that
/// is not UTF-8 the wrong bytes are written as U+FFFD, so the line is always valid.
///
/// Errors: std::bad_alloc, and then nothing is appended. Cost: no allocation if `to` has room.
template <described T>
void append_json_line(std::string& to, const T& value) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const std::size_t bound = ((detail::json_key<T, I>::text.size() +
                                    detail::json_bound(value.*(std::get<I>(fields_of<T>).member))) +
                                   ...) +
                                  2;
        const std::size_t begin = to.size();
        to.resize(begin + bound);
        char* at = to.data() + begin;
        ((at = detail::write_bytes(
              at, {detail::json_key<T, I>::text.data(), detail::json_key<T, I>::text.size()}),
          at = detail::write_json(at, value.*(std::get<I>(fields_of<T>).member))),
         ...);
        at = detail::write_bytes(at, "}\n");
        to.resize(static_cast<std::size_t>(at - to.data()));
    }(std::make_index_sequence<field_count<T>>{});
}

}  // namespace weir::codec
