/// What a step keeps of the key of an item that goes on.
#pragma once

#include <weir/core/stream.hpp>

#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir {

/// The type in which the results of a key function are kept: its own, or a `std::string` where it
/// is a `std::string_view`, which may look into the item.
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

/// What is kept of `key(item)` for the items of `S`.
template <class Key, class S>
using kept_key_t =
    typename kept_key<std::remove_cvref_t<std::invoke_result_t<Key&, const item_t<S>&>>>::type;

/// Hashes keys by `absl::Hash`, and a view of a string as the string, so that it can be looked up.
struct key_hash {
    using is_transparent = void;
    template <class K>
    std::size_t operator()(const K& key) const {
        return absl::Hash<K>()(key);
    }
    std::size_t operator()(std::string_view key) const {
        return absl::Hash<absl::string_view>()(absl::string_view(key.data(), key.size()));
    }
    std::size_t operator()(const std::string& key) const { return (*this)(std::string_view(key)); }
};

}  // namespace weir
