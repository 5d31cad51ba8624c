/// One step of a join: look up an item's key, and combine the item with the entry.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/core/stream.hpp>
#include <weir/joins/table_update.hpp>
#include <weir/runtime/awaitable.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// A hash table that joins can look up keys in: an `absl::flat_hash_map`, or a type like it.
template <class M>
concept lookup_table = requires(const M& table, const typename M::key_type& key) {
    typename M::mapped_type;
    { table.find(key)->second } -> std::convertible_to<const typename M::mapped_type&>;
    table.end();
};

/// Whether `combine` also takes the table's version.
template <class Combine, class T, class V>
inline constexpr bool asks_version = !std::is_invocable_v<Combine&, T, const V&> &&
                                     std::is_invocable_v<Combine&, T, const V&, table_version>;

/// The type that `combine` makes of an item and an entry.
template <bool AsksVersion, class Combine, class T, class V>
struct combined {
    using type = std::invoke_result_t<Combine&, T, const V&>;
};
template <class Combine, class T, class V>
struct combined<true, Combine, T, V> {
    using type = std::invoke_result_t<Combine&, T, const V&, table_version>;
};

/// The common part of `lookup_join` and `latest_join`.
template <class Table, class T, class Key, class Combine, class Missing>
class table_lookup {
    using value = typename Table::mapped_type;

    static_assert(std::is_invocable_v<Key&, const T&>,
                  "weir: the join's key cannot be called with the stream's items");
    static constexpr bool with_version = asks_version<Combine, T, value>;
    static_assert(with_version || std::is_invocable_v<Combine&, T, const value&>,
                  "weir: the join's function cannot be called as combine(item, value), nor as "
                  "combine(item, value, version)");

public:
    using result = std::remove_cvref_t<typename combined<with_version, Combine, T, value>::type>;
    static_assert(!std::is_void_v<result>, "weir: the join's function returns nothing");
    static_assert(
        !is_awaitable<result>,
        "weir: the join's function returns an asio::awaitable, and nothing awaits it; see "
        "weir::enrich");

    table_lookup(Key key, Combine combine, Missing missing, stage where)
        : key_(std::move(key)),
          combine_(std::move(combine)),
          missing_(std::move(missing)),
          where_(where) {}

    /// Returns the sink's answer, or true when no item was passed on.
    template <class Sink>
    WEIR_FUSED bool operator()(const Table& table, T&& x, Sink& sink, table_version version = 1) {
        const auto found = table.find(where_.call(key_, std::as_const(x)));
        const value* entry = found != table.end() ? std::addressof(found->second) : instead(x);
        if (!entry) return true;
        if constexpr (with_version) {
            return sink(result(where_.call(combine_, std::move(x), *entry, version)));
        } else {
            return sink(result(where_.call(combine_, std::move(x), *entry)));
        }
    }

    /// The stage that the join's failures name.
    const stage& where() const noexcept { return where_; }

private:
    // Inlined, so that an item whose address is never needed can stay in registers.
    WEIR_FUSED const value* instead(T& x) {
        auto ask = [this, &x]()
                       WEIR_FUSED -> const value* { return missing_.template instead<value>(x); };
        return where_.call(ask);
    }

    [[no_unique_address]] Key key_;
    [[no_unique_address]] Combine combine_;
    [[no_unique_address]] Missing missing_;
    stage where_;
};

}  // namespace weir::detail
