/// \file
/// Binds C++ values to the parameters of a SQLite statement.
///
/// | C++ | SQLite |
/// |---|---|
/// | `nullptr`, `std::nullopt`, an empty `std::optional`, a null `const char*` | NULL |
/// | `bool`, integers | INTEGER |
/// | `float`, `double` | REAL; NaN is stored as NULL, because SQLite has no NaN |
/// | `std::string`, `std::string_view`, literals | TEXT, expected to be UTF-8; empty is not NULL |
/// | contiguous `std::byte` or `unsigned char` (vector, array, span) | BLOB; empty is not NULL |
///
/// Text and blobs are not copied: a bound value must live until the statement has run. An owning
/// temporary (`std::string{...}`, a returned `std::vector<std::byte>`) would be destroyed before,
/// so it is copied.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::sqlite {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

namespace detail {

template <class T>
concept null_value = std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t>;

/// Characters are not numbers here: binding a `char` as 120 would be a mistake.
template <class T>
concept integer_value =
    std::integral<T> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
concept text_value = std::convertible_to<const T&, std::string_view> && !null_value<T>;

template <class T>
concept blob_value = std::ranges::contiguous_range<const T> && std::ranges::sized_range<const T> &&
                     (std::same_as<std::ranges::range_value_t<const T>, std::byte> ||
                      std::same_as<std::ranges::range_value_t<const T>, unsigned char>);

}  // namespace detail

/// A type that `bind_value` takes, or an optional of such a type.
template <class T>
concept bindable = detail::null_value<T> || detail::integer_value<T> || std::floating_point<T> ||
                   detail::text_value<T> || detail::blob_value<T> || is_optional<T>;

namespace detail {

/// Binds `value` to parameter `index` (from 1) and returns SQLite's result code: SQLITE_OK,
/// SQLITE_TOOBIG for text or a blob above the connection's limit, SQLITE_RANGE for a wrong index,
/// and SQLITE_MISMATCH for an unsigned integer above 2^63 - 1, which SQLite cannot hold. Cost: the
/// C call, nothing else.
template <class T>
int bind_value(sqlite3_stmt* statement, int index, T&& value) {
    using plain = std::remove_cvref_t<T>;
    static_assert(bindable<plain>,
                  "weir: this type is not a SQLite value; bind nullptr, an integer, a floating "
                  "point number, text, contiguous bytes, or a std::optional of one of these.");
    // A view may be a temporary; an owning temporary would be destroyed before the statement runs.
    constexpr bool dies = !std::is_lvalue_reference_v<T> && !std::ranges::borrowed_range<plain> &&
                          !std::is_pointer_v<plain>;
    // By value, because the C macros contain an old-style cast.
    const auto keep = dies ? reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1}) : nullptr;
    // A null pointer would be bound as NULL, but empty text is not NULL.
    static constexpr char empty = 0;

    if constexpr (null_value<plain>) {
        return sqlite3_bind_null(statement, index);
    } else if constexpr (is_optional<plain>) {
        if (!value) return sqlite3_bind_null(statement, index);
        return bind_value(statement, index, *std::forward<T>(value));
    } else if constexpr (integer_value<plain>) {
        if (!std::in_range<std::int64_t>(value + plain{0})) return SQLITE_MISMATCH;
        return sqlite3_bind_int64(statement, index, static_cast<sqlite3_int64>(value));
    } else if constexpr (std::floating_point<plain>) {
        return sqlite3_bind_double(statement, index, static_cast<double>(value));
    } else if constexpr (text_value<plain>) {
        if constexpr (std::is_pointer_v<plain>) {
            if (!value) return sqlite3_bind_null(statement, index);
        }
        const std::string_view text = value;
        return sqlite3_bind_text64(statement, index, text.data() ? text.data() : &empty,
                                   text.size(), keep, SQLITE_UTF8);
    } else {
        const void* data = std::ranges::data(value);
        return sqlite3_bind_blob64(statement, index, data ? data : &empty, std::ranges::size(value),
                                   keep);
    }
}

}  // namespace detail

}  // namespace weir::sqlite
