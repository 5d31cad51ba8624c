/// dedup_recent: each key once, among the last n keys.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/core/usable_key.hpp>
#include <weir/operators/detail/kept_key.hpp>
#include <weir/operators/detail/key_hash.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// The last n distinct keys: a hash set of them, and a ring in their order.
template <class K>
class recent_keys {
public:
    explicit recent_keys(std::size_t most) : most_(most) {}

    /// False if `key` is known. Otherwise the key is added; if n keys are known already, it
    /// replaces the oldest one.
    template <class Key>
    bool add(const Key& key) {
        if (known_.contains(key)) return false;
        known_.emplace(key);
        if (in_order_.size() < most_) {
            in_order_.emplace_back(key);
            return true;
        }
        known_.erase(in_order_[oldest_]);
        in_order_[oldest_] = K(key);
        oldest_ = oldest_ + 1 == most_ ? 0 : oldest_ + 1;
        return true;
    }

private:
    std::size_t most_;
    absl::flat_hash_set<K, key_hash, std::equal_to<>> known_;
    std::vector<K> in_order_;  // a ring once it is full
    std::size_t oldest_ = 0;   // its index in the ring
};

template <class S, class Key>
class dedup_recent_stream : public pullable<dedup_recent_stream<S, Key>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    dedup_recent_stream(S upstream, std::size_t n, Key key, stage where)
        : upstream_(std::move(upstream)), seen_(n), key_(std::move(key)), where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) -> bool {
            decltype(auto) key = where_.call(key_, std::as_const(x));
            check_usable(where_, key);
            return seen_.add(key) ? sink(std::move(x)) : true;
        });
    }

private:
    S upstream_;
    recent_keys<kept_key_t<Key, S>> seen_;
    [[no_unique_address]] Key key_;
    stage where_;
};

}  // namespace detail

/// Drops an item whose key is one of the last `n` distinct keys that were passed on. It compares
/// `key(const T&)`, by default the item. For example, it passes on each at-least-once delivery only
/// once:
///
///     messages | weir::dedup_recent(100'000, &message::id)
///
/// A key is forgotten when `n` other keys have come after its first item, even if it was seen again
/// in between. Memory is bounded: `n` keys, each twice, in a hash set and in a ring. A
/// `std::string_view` is kept as a string. Keys are hashed by `absl::Hash` (numbers, strings,
/// enums, pairs and tuples of these, your own types with `AbslHashValue` or `std::hash`).
/// Errors: `std::invalid_argument` if `n` is 0; an exception of `key` becomes a `stage_error`
/// naming "dedup_recent" and `name`, as does a key that does not equal itself
/// (`unusable_key_error`: a NaN). Errors of upstream pass.
/// Cost: one look-up per item; only keys that allocate need an allocation.
template <class Key = std::identity>
auto dedup_recent(std::size_t n, Key key = {}, std::string_view name = {}) {
    if (n == 0) throw std::invalid_argument("weir::dedup_recent: it must remember at least 1 key");
    return pipe([n, key = std::move(key), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<Key, const item_t<S>&>();
        static_assert(std::is_invocable_v<Key&, const item_t<S>&>,
                      "weir::dedup_recent: the key cannot be called with the stream's items");
        static_assert(std::is_default_constructible_v<absl::Hash<detail::kept_key_t<Key, S>>>,
                      "weir::dedup_recent: absl::Hash cannot hash the key");
        return detail::dedup_recent_stream<S, Key>(std::move(upstream), n, std::move(key),
                                                   stage("dedup_recent", name));
    });
}

}  // namespace weir
