/// The type in which a step stores an item's key.
#pragma once

#include <weir/core/stream.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace weir::detail {

/// The type that stores the results of a key function: its own type, or a `std::string` instead of
/// a `std::string_view`, because a view may refer to the item.
template <class R>
struct kept_key {
    static_assert(!is_borrowed<R>,
                  "weir: this key is a view that dies with its item; return something that owns "
                  "its data");
    using type = R;
};
template <>
struct kept_key<std::string_view> {
    using type = std::string;
};

/// The type that stores `key(item)` for the items of `S`.
template <class Key, class S>
using kept_key_t =
    typename kept_key<std::remove_cvref_t<std::invoke_result_t<Key&, const item_t<S>&>>>::type;

}  // namespace weir::detail
