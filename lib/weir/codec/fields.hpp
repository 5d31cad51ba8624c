/// \file
/// The description of a struct for all formats: its fields, each named once.
///
/// The description is a function beside the struct, in its namespace (and one for each of its
/// enums):
///
///     enum class side : std::uint8_t { buy, sell };
///     constexpr auto weir_names(std::type_identity<side>) {
///         return weir::codec::names(weir::codec::name("buy", side::buy),
///                                   weir::codec::name("sell", side::sell));
///     }
///
///     struct trade {
///         std::uint64_t id;
///         double price;
///         side taker;
///         std::optional<std::string> note;
///     };
///     constexpr auto weir_fields(std::type_identity<trade>) {
///         return weir::codec::fields(weir::codec::field("trade_id", &trade::id),
///                                    weir::codec::field("trade_px", &trade::price),
///                                    weir::codec::field("side", &trade::taker),
///                                    weir::codec::field("note", &trade::note));
///     }
///
/// A field is an integer (of at most 64 bits), `float` or `double`, `bool`, an enum with names,
/// `std::string`, `std::string_view`, or a `std::optional` of one of these. Other types do not
/// compile. `char` is refused too, because it could mean a letter or a number.
#pragma once

#include <weir/core/stream.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::codec {

namespace detail {

/// Fails to compile unless `text` can be used unescaped in JSON and in messages.
consteval std::string_view checked_name(std::string_view text) {
    if (text.empty()) throw "weir::codec: a name must not be empty";
    for (const char c : text) {
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
            throw "weir::codec: names are printable ASCII without quotes and backslashes";
        }
    }
    return text;
}

/// One enumerator and its name.
template <class E>
struct name_of {
    std::string_view text;
    E value;
};

}  // namespace detail

/// Names an enumerator.
template <class E>
    requires std::is_enum_v<E>
consteval detail::name_of<E> name(std::string_view text, E value) {
    return {detail::checked_name(text), value};
}

/// The names of an enum, as `weir_names` returns them. Values and names must be distinct.
template <class E, class... More>
consteval auto names(detail::name_of<E> first, More... more) {
    const std::array<detail::name_of<E>, 1 + sizeof...(More)> all{first, more...};
    for (std::size_t i = 0; i != all.size(); ++i) {
        for (std::size_t j = 0; j != i; ++j) {
            if (all[i].text == all[j].text) throw "weir::codec: a name is given twice";
            if (all[i].value == all[j].value) throw "weir::codec: a value is named twice";
        }
    }
    return all;
}

/// An enum that has names.
template <class E>
concept named_enum = std::is_enum_v<E> && requires { weir_names(std::type_identity<E>{}); };

/// The names of `E`, a std::array of `name_of<E>`.
template <named_enum E>
inline constexpr auto names_of = weir_names(std::type_identity<E>{});

/// The name of `value`, or nothing if it has none.
template <named_enum E>
constexpr std::optional<std::string_view> to_text(E value) noexcept {
    for (const auto& n : names_of<E>) {
        if (n.value == value) return n.text;
    }
    return std::nullopt;
}

/// The value with the name `text`, if there is one. Case matters.
template <named_enum E>
constexpr std::optional<E> from_text(std::string_view text) noexcept {
    for (const auto& n : names_of<E>) {
        if (n.text == text) return n.value;
    }
    return std::nullopt;
}

template <class M>
inline constexpr bool is_optional = false;
template <class M>
inline constexpr bool is_optional<std::optional<M>> = true;

namespace detail {

template <class M>
struct plain_field {
    using type = M;
};
template <class M>
struct plain_field<std::optional<M>> {
    using type = M;
};
/// The type of a field without its std::optional.
template <class M>
using plain_t = typename plain_field<M>::type;

}  // namespace detail

template <class M>
concept character = std::same_as<M, char> || std::same_as<M, wchar_t> || std::same_as<M, char8_t> ||
                    std::same_as<M, char16_t> || std::same_as<M, char32_t>;
template <class M>
concept integer = std::integral<M> && !std::same_as<M, bool> && !character<M> && sizeof(M) <= 8;
namespace detail {

template <class M>
concept floating = std::same_as<M, float> || std::same_as<M, double>;

}  // namespace detail
template <class M>
concept text = std::same_as<M, std::string> || std::same_as<M, std::string_view>;
template <class M>
concept plain =
    integer<M> || detail::floating<M> || std::same_as<M, bool> || named_enum<M> || text<M>;

namespace detail {

/// One field of `T` and its name.
template <class T, class M>
struct field_of {
    using type = M;

    std::string_view name;
    M T::* member;
};

}  // namespace detail

/// Names a field of a struct.
template <class T, class M>
consteval detail::field_of<T, M> field(std::string_view name, M T::* member) {
    static_assert(plain<detail::plain_t<M>>,
                  "weir::codec: a field is an integer, float, double, bool, an enum with "
                  "weir_names, std::string, std::string_view, or an optional of one of these");
    return {detail::checked_name(name), member};
}

namespace detail {

/// The largest number of fields that a struct may have.
inline constexpr std::size_t max_fields = 64;

}  // namespace detail

/// The fields of a struct, in the order in which they are written, as `weir_fields` returns them.
template <class T, class... M>
consteval std::tuple<detail::field_of<T, M>...> fields(detail::field_of<T, M>... all) {
    static_assert(sizeof...(M) >= 1 && sizeof...(M) <= detail::max_fields,
                  "weir::codec: a struct has 1 to 64 fields");
    const std::array<std::string_view, sizeof...(M)> called{all.name...};
    for (std::size_t i = 0; i != called.size(); ++i) {
        for (std::size_t j = 0; j != i; ++j) {
            if (called[i] == called[j]) throw "weir::codec: two fields have the same name";
        }
    }
    return {all...};
}

/// A struct whose fields are described by a `weir_fields` beside it.
template <class T>
concept described = requires { weir_fields(std::type_identity<T>{}); };

/// The fields of `T`, a std::tuple of `field_of`.
template <described T>
inline constexpr auto fields_of = weir_fields(std::type_identity<T>{});

template <described T>
inline constexpr std::size_t field_count =
    std::tuple_size_v<std::remove_const_t<decltype(fields_of<T>)>>;

namespace detail {

/// The type of field `I` of `T`.
template <described T, std::size_t I>
using field_t = typename std::tuple_element_t<I, std::remove_const_t<decltype(fields_of<T>)>>::type;

}  // namespace detail

/// Calls `f(name, member)` for each field in order: for formats of your own.
///
///     codec::for_each_field(t, [&](std::string_view name, const auto& member) { ... });
template <class T, class F>
    requires described<std::remove_const_t<T>>
constexpr void for_each_field(T& object, F&& f) {
    std::apply([&](const auto&... each) { (f(each.name, object.*(each.member)), ...); },
               fields_of<std::remove_const_t<T>>);
}

/// Whether `T` has fields that are views. If so, a value that was read is valid only as long as the
/// bytes it was read from.
template <described T>
inline constexpr bool has_views = []<std::size_t... I>(std::index_sequence<I...>) {
    return (std::same_as<detail::plain_t<detail::field_t<T, I>>, std::string_view> || ...);
}(std::make_index_sequence<field_count<T>>{});

}  // namespace weir::codec

// Steps that keep items (`batch`, `buffer`, `to`) refuse items with views.
template <weir::codec::described T>
inline constexpr bool weir::is_borrowed<T> = weir::codec::has_views<T>;
