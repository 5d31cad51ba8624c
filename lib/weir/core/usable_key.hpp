/// The rule for keys: one that does not equal itself is refused.
#pragma once

#include <weir/core/error.hpp>
#include <weir/core/stage.hpp>

#include <concepts>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir {

/// What a keyed operator throws, as the cause of its `stage_error`, for a key that does not equal
/// itself: a NaN, or what holds one. Nothing that was kept under it could ever be found again.
class unusable_key_error : public error {
public:
    unusable_key_error() : error("a key does not equal itself (is it a NaN?)") {}
};

/// Whether all keys of this type equal themselves, as the type says: then nothing is looked at.
template <class K>
inline constexpr bool always_equals_itself =
    std::is_integral_v<K> || std::is_enum_v<K> || std::is_pointer_v<K>;
template <class C, class Traits, class Allocator>
inline constexpr bool always_equals_itself<std::basic_string<C, Traits, Allocator>> = true;
template <class C, class Traits>
inline constexpr bool always_equals_itself<std::basic_string_view<C, Traits>> = true;
template <class A, class B>
inline constexpr bool always_equals_itself<std::pair<A, B>> =
    always_equals_itself<A> && always_equals_itself<B>;
template <class... A>
inline constexpr bool always_equals_itself<std::tuple<A...>> = (always_equals_itself<A> && ...);

namespace detail {

/// Whether `key` equals itself. Costs nothing where its type says that it does, or cannot tell.
template <class K>
constexpr bool equals_itself(const K& key) {
    if constexpr (always_equals_itself<K> || !std::equality_comparable<K>) {
        return true;
    } else {
        return std::equal_to<>()(key, key);
    }
}

}  // namespace detail

/// Throws `unusable_key_error` unless `key` equals itself.
template <class K>
constexpr void check_usable(const K& key) {
    if (!detail::equals_itself(key)) [[unlikely]] {
        throw unusable_key_error();
    }
}
/// The same as a failure of a stage: a `stage_error` that names it.
template <class K>
constexpr void check_usable(const stage& where, const K& key) {
    if (!detail::equals_itself(key)) [[unlikely]] {
        where.fail(std::make_exception_ptr(unusable_key_error()));
    }
}

}  // namespace weir
