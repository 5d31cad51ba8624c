/// What the joins do about a key that a table does not have.
#pragma once

#include <weir-enrich/joins/record_files.hpp>
#include <weir-enrich/joins/retry_queue.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/on_missing.hpp>

#include <cstdint>
#include <optional>

namespace weir_enrich {

/// What happens to trades, and the objects that take part in it.
struct trade_fate {
    run_counts& counts;
    on_missing missing = on_missing::drop;
    retry_queue* retries = nullptr;  ///< with on_missing::wait
    /// The journal and the side output. With on_missing::side_output and without a side output,
    /// trades are only counted.
    record_files records;

    /// Called when a trade leaves the joins.
    void decided(const trade& t) const {
        if (records.journal) records.journal->add(t);
    }
};

/// A policy of the joins (weir/joins/missing.hpp) that is chosen at run time. Items have
/// `trade_of(item)` and `missed_by(item)`, which returns the missing key if it may still come.
template <class Row>
class missing_policy {
public:
    missing_policy(const trade_fate& fate, const Row& stand_in, counter& misses)
        : fate_(fate), stand_in_(stand_in), misses_(&misses) {}

    template <class V, class T>
    const V* instead(T& item) {
        const trade& t = trade_of(item);
        if (fate_.retries) {
            const std::optional<missed_key> missed = missed_by(item);
            if (missed && fate_.retries->park(t, *missed)) return nullptr;
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
        side_output* const side = fate_.records.side;
        if (!side) return fate_.counts.diverted.add(1);
        side->add(t);  // the side output counts it when it is written
        if (side->is_full()) fate_.records.flush();
    }

    trade_fate fate_;
    Row stand_in_;
    counter* misses_;
};

}  // namespace weir_enrich
