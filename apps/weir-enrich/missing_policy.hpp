/// What the joins do about a key that a table does not have.
#pragma once

#include <cstdint>
#include <optional>

#include "counts.hpp"
#include "journal_writer.hpp"
#include "on_missing.hpp"
#include "side_output.hpp"
#include "waiting_room.hpp"

namespace weir_enrich {

/// What becomes of trades, and who is told.
struct trade_fate {
    run_counts& counts;
    on_missing missing = on_missing::drop;
    side_output* side = nullptr;        ///< with on_missing::side_output; null: only counted
    waiting_room* room = nullptr;       ///< with on_missing::wait
    journal_writer* journal = nullptr;  ///< null: none is kept

    /// It leaves the joins.
    void decided(const trade& t) const {
        if (journal) journal->add(t);
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
            if (fate_.side) fate_.side->add(t);
            fate_.counts.diverted.add(1);
        } else {
            fate_.counts.dropped.add(1);
        }
        fate_.decided(t);
        return nullptr;
    }

private:
    trade_fate fate_;
    Row stand_in_;
    counter* misses_;
};

}  // namespace weir_enrich
