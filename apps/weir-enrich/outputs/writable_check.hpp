/// A check for trades that cannot be written.
#pragma once

#include <shared/log.hpp>
#include <weir-enrich/model/counts.hpp>
#include <weir-enrich/model/enriched_trade.hpp>

#include <cmath>
#include <cstdint>

namespace weir_enrich {

/// Checks enriched trades before they go to the outputs: a result may be infinite or NaN. Trades
/// that cannot be written are counted as rejected, and the first ones are logged. Used on one
/// strand.
class writable_check {
public:
    /// `counts` must outlive it. `to_database`: one of the outputs is a database, which has no
    /// whole numbers above 2^63 - 1.
    writable_check(run_counts& counts, bool to_database);

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
