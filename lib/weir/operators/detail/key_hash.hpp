/// key_hash: the hash of stored keys.
#pragma once

#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::detail {

/// Hashes keys by `absl::Hash`. A string view hashes like the string, so that it can be looked up.
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

}  // namespace weir::detail
