/// lookup_join: each item with its entry in a table that does not change.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/joins/detail/table_lookup.hpp>
#include <weir/joins/missing.hpp>
#include <weir/runtime/pull.hpp>

#include <memory>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// Holds a join's own table, or a shared pointer to one.
template <class Table>
struct owned_table {
    Table entries;
    const Table& get() const noexcept { return entries; }
};
template <class Table>
struct owned_table<std::shared_ptr<Table>> {
    std::shared_ptr<Table> entries;
    const Table& get() const noexcept { return *entries; }
};

template <class Table>
using entries_of = std::remove_cvref_t<decltype(std::declval<owned_table<Table>&>().get())>;

template <class S, class Table, class Lookup>
class lookup_join_stream : public pullable<lookup_join_stream<S, Table, Lookup>> {
public:
    using value_type = typename Lookup::result;

    lookup_join_stream(S upstream, Table table, Lookup lookup)
        : upstream_(std::move(upstream)), table_(std::move(table)), lookup_(std::move(lookup)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            return lookup_(table_.get(), std::move(x), sink);
        });
    }

private:
    S upstream_;
    Table table_;
    Lookup lookup_;
};

}  // namespace detail

/// Passes on `combine(item, value)` for each item, in order. `value` is the table's entry for
/// `key(item)`.
///
///     absl::flat_hash_map<std::string, issuer> issuers = ...;
///     trades | weir::lookup_join(std::move(issuers), &trade::symbol, with_issuer)
///
/// The table is moved in, or shared: pass a `std::shared_ptr<const absl::flat_hash_map<K, V>>`. It
/// must not change while the pipeline runs; for a table that changes, see `latest_join`. `key(const
/// T&)` returns a key for the table's `find`, best by reference. `combine` takes the item as an
/// rvalue, and a `const V&` that is valid during the call.
/// Missing keys: `missing::fail` (the default), `drop`, `use` or `divert`. A key that does not
/// equal itself (a NaN) is always missing.
/// Errors: an exception of `key`, `combine` or the policy becomes a `stage_error` naming
/// "lookup_join" and `name`; `std::invalid_argument` for a null table.
/// End and cancellation: as upstream.
/// Cost: one hash lookup per item; no allocation.
template <class Table, class Key, class Combine, class Missing = missing::fail>
auto lookup_join(Table table, Key key, Combine combine, Missing missing = {},
                 std::string_view name = {}) {
    static_assert(detail::lookup_table<detail::entries_of<Table>>,
                  "weir::lookup_join: the table must be an absl::flat_hash_map, or a shared_ptr to "
                  "one");
    if constexpr (requires { table == nullptr; }) {
        if (table == nullptr) throw std::invalid_argument("weir::lookup_join: the table is null");
    }
    return pipe([table = detail::owned_table<Table>{std::move(table)}, key = std::move(key),
                 combine = std::move(combine), missing = std::move(missing),
                 name](auto upstream) mutable {
        using S = decltype(upstream);
        using Lookup =
            detail::table_lookup<detail::entries_of<Table>, item_t<S>, Key, Combine, Missing>;
        return detail::lookup_join_stream<S, detail::owned_table<Table>, Lookup>(
            std::move(upstream), std::move(table),
            Lookup(std::move(key), std::move(combine), std::move(missing),
                   stage("lookup_join", name)));
    });
}

}  // namespace weir
