/// Trades that cannot be written, since what came of them is no number.
#pragma once

#include <shared/log.hpp>

#include <cmath>
#include <cstdint>

#include "counts.hpp"
#include "enriched_trade.hpp"

namespace weir_enrich {

/// Looks at enriched trades before they go to the outputs. Those that do not fit are counted as
/// rejected, and the first are logged. Used by one strand.
class fit_to_write {
public:
    /// `counts` must outlive it. `to_database`: among the outputs is one that has no whole numbers
    /// beyond 2^63 - 1.
    fit_to_write(run_counts& counts, bool to_database);

    bool operator()(const enriched_trade& t) {
        if (std::isfinite(t.notional) && std::isfinite(t.fee) && t.trade_id <= greatest_id_) {
            return true;
        }
        refuse(t);
        return false;
    }

private:
    void refuse(const enriched_trade& t);

    run_counts* counts_;
    std::uint64_t greatest_id_;
    weir_apps::limited_log log_{"trades that cannot be written"};
};

}  // namespace weir_enrich
