/// latest_join: each item with the newest entry of a table that changes now and then.
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

/// The table that updates of this type fill.
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
    // Updates that never cease do not keep the items waiting.
    static constexpr std::size_t most_updates = 1024;

    /// Applies what is ready. True when there may be more at once.
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
    std::optional<Updates> updates_;  // none: they have ended
    Table table_;
    table_version version_ = 0;
    bool complete_ = false;  // the gate is open
    fair_order turn_;        // of the updates and the items
    Lookup lookup_;
};

}  // namespace detail

/// Passes on `combine(item, value)` for each item, in order, where `value` is the newest entry for
/// `key(item)` in a table that `updates`, a stream of `table_update<K, V>`, fills and changes.
/// `combine(item, value, version)` is told the `table_version`, too.
///
///     trades | weir::latest_join(std::move(rates), &trade::currency, in_dollars,
///                                weir::missing::divert(keep_aside))
///
/// The gate: no item is taken from upstream before the updates have said that the snapshot is
/// complete (`table_update::complete()`) or have ended; upstream feels that as backpressure.
/// Newest: updates are applied before each run of items (once a poll, not once an item), as many as
/// are ready, but at most 1,024; where these take a whole turn of the segment, the next turn is the
/// items'. An item sees all that were applied before it. There is no time of events: for that see
/// `interval_join`.
/// A key that is not there: `missing::fail` (the default), `drop`, `use` or `divert`.
/// Several tables: one join after the other; items wait until the last has its snapshot.
///
/// The updates' end: the table stays as it is, and so ends the snapshot too: a stream of `put`s
/// that ends is a table. Their failure is the join's, at once, since a table that has stopped
/// moving is stale and nobody would see it. A feed that reconnects says `start_over` and sends a
/// new snapshot. Upstream's end ends the join, and the updates are let go of. Errors: an exception
/// of `key`, `combine` or of the policy becomes a `stage_error` naming "latest_join" and `name`; so
/// does a `put` of a key that does not equal itself (`unusable_key_error`: a NaN). An item with
/// such a key has no entry, and is the policy's. Cancellation: cancels both. All runs in one
/// segment: put a `buffer` behind updates that are costly to make. Cost: a hash lookup an item, an
/// insertion an update; holds the table, which is as large as the updates make it.
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
