/// What the joins do about a key that a table does not have.
#pragma once

#include <cstdint>
#include <optional>

#include "counts.hpp"
#include "kept_records.hpp"
#include "on_missing.hpp"
#include "waiting_room.hpp"

namespace weir_enrich {

/// What becomes of trades, and who is told.
struct trade_fate {
    run_counts& counts;
    on_missing missing = on_missing::drop;
    waiting_room* room = nullptr;  ///< with on_missing::wait
    /// Without a journal none is kept. With on_missing::side_output and without a side output
    /// trades are only counted.
    kept_records kept;

    /// It leaves the joins.
    void decided(const trade& t) const {
        if (kept.journal) kept.journal->add(t);
    }
};

/// A policy of the joins (weir/joins/missing.hpp) that is chosen while the program runs.
/// Items are anything with `trade_of(item)` and `missed_by(item)`: the key that the next table does
/// not have, if it may come yet.
template <class Row>
class missing_policy {
public:
    missing_policy(const trade_fate& fate, const Row& stand_in, counter& misses)
        : fate_(fate), stand_in_(stand_in), misses_(&misses) {}

    template <class V, class T>
    const V* instead(T& item) {
        const trade& t = trade_of(item);
        if (fate_.room) {
            const std::optional<missed_key> missed = missed_by(item);
            if (missed && fate_.room->park(t, *missed)) return nullptr;
        }
        misses_->add(1);
        if (fate_.missing == on_missing::use_default) return &stand_in_;
        if (fate_.missing == on_missing::side_output) {
            divert(t);
        } else {
            fate_.decided(t);
            fate_.counts.dropped.add(1);
        }
        return nullptr;
    }

private:
    void divert(const trade& t) {
        fate_.decided(t);
        side_output* const side = fate_.kept.side;
        if (!side) return fate_.counts.diverted.add(1);
        side->add(t);  // which counts it when it is written
        if (side->is_full()) fate_.kept.hand_over();
    }

    trade_fate fate_;
    Row stand_in_;
    counter* misses_;
};

}  // namespace weir_enrich
