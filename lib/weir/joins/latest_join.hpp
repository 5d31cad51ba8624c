/// latest_join: each item with the newest entry of a table that changes.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/joins/detail/table_lookup.hpp>
#include <weir/joins/fair_order.hpp>
#include <weir/joins/missing.hpp>
#include <weir/joins/table_update.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The table type that updates of this type fill.
template <class Update>
using updated_table = typename Update::table_type;

template <class S, class Updates, class Table, class Lookup>
class latest_join_stream : public pullable<latest_join_stream<S, Updates, Table, Lookup>> {
public:
    using value_type = typename Lookup::result;

    latest_join_stream(S upstream, Updates updates, Lookup lookup)
        : upstream_(std::move(upstream)),
          updates_(std::move(updates)),
          lookup_(std::move(lookup)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        const bool items_first = turn_.begin_with_second(cx);
        const bool more_updates = items_first || apply_updates(cx);
        if (!complete_) return poll_state::pending;
        turn_.polled_first(cx);
        const poll_state state =
            upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
                return lookup_(table_, std::move(x), sink, version_);
            });
        if (more_updates && state == poll_state::pending) cx.wake();
        return state;
    }

private:
    // A bound, so that endless updates do not keep the items waiting.
    static constexpr std::size_t most_updates = 1024;

    /// Applies the updates that are ready. True when more may be ready at once.
    bool apply_updates(poll_context& cx) {
        if (!updates_) return false;
        std::size_t left = most_updates;
        auto change = [this](item_t<Updates>&& u) { std::move(u).apply(table_, complete_); };
        const poll_state state = updates_->poll(cx, [&](item_t<Updates>&& u) -> bool {
            lookup_.where().call(change, std::move(u));
            if (complete_) ++version_;
            return !complete_ || --left != 0;
        });
        if (state == poll_state::finished) {
            updates_.reset();
            if (!std::exchange(complete_, true)) ++version_;
        }
        return state == poll_state::paused;
    }

    S upstream_;
    std::optional<Updates> updates_;  // empty after its end
    Table table_;
    table_version version_ = 0;
    bool complete_ = false;  // the snapshot is complete, so items may pass
    fair_order turn_;        // of the updates and the items
    Lookup lookup_;
};

}  // namespace detail

/// Passes on `combine(item, value)` for each item, in order. `value` is the newest entry for
/// `key(item)` in a table. The stream `updates` of `table_update<K, V>` fills and changes that
/// table. `combine(item, value, version)` also gets the `table_version`.
///
///     trades | weir::latest_join(std::move(rates), &trade::currency, in_dollars,
///                                weir::missing::divert(keep_aside))
///
/// The gate: no item is taken from upstream before the updates report that the snapshot is complete
/// (`table_update::complete()`), or end. Meanwhile, upstream sees backpressure.
/// Newest: the updates that are ready, at most 1,024, are applied before each chunk of items (once
/// per poll, not once per item). If updates take a whole turn of the segment, the next turn begins
/// with the items. An item sees all updates applied before it. The join knows no event time: for
/// that, see `interval_join`.
/// Missing keys: `missing::fail` (the default), `drop`, `use` or `divert`.
/// Several tables: chain one join after the other. Items wait until the last table has its
/// snapshot.
///
/// The updates' end: the table stays as it is. The end also completes the snapshot, so a stream of
/// `put`s that ends is a table.
/// The updates' failure: the join fails at once, because a table without updates would become stale
/// unnoticed. A feed that reconnects sends `start_over` and a new snapshot.
/// Upstream's end: the join ends, and the updates are destroyed.
/// Errors: an exception of `key`, `combine` or the policy becomes a `stage_error` naming
/// "latest_join" and `name`. So does a `put` of a key that does not equal itself
/// (`unusable_key_error`: a NaN). An item with such a key has no entry, so the missing policy
/// handles it.
/// Cancellation: cancels both streams.
/// Cost: one hash lookup per item, one insertion per update, and the memory of the table. The join
/// runs in one segment: put a `buffer` behind updates that are costly to make.
template <class Updates, class Key, class Combine, class Missing = missing::fail>
auto latest_join(Updates updates, Key key, Combine combine, Missing missing = {},
                 std::string_view name = {}) {
    detail::check_stream<Updates>();
    taken_over(updates);
    return pipe([updates = std::move(updates), key = std::move(key), combine = std::move(combine),
                 missing = std::move(missing), name](auto upstream) mutable {
        using S = decltype(upstream);
        using Table = detail::updated_table<item_t<Updates>>;
        using Lookup = detail::table_lookup<Table, item_t<S>, Key, Combine, Missing>;
        return detail::latest_join_stream<S, Updates, Table, Lookup>(
            std::move(upstream), std::move(updates),
            Lookup(std::move(key), std::move(combine), std::move(missing),
                   stage("latest_join", name)));
    });
}

}  // namespace weir
