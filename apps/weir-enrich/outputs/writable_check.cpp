#include "writable_check.hpp"

#include <fmt/format.h>

#include <limits>
#include <string_view>

namespace weir_enrich {

writable_check::writable_check(run_counts& counts, bool to_database)
    : counts_(&counts),
      greatest_id_(to_database ? std::uint64_t{std::numeric_limits<std::int64_t>::max()}
                               : std::numeric_limits<std::uint64_t>::max()) {}

void writable_check::refuse(const enriched_trade& t) {
    std::string_view why = "trade_id: does not fit into a database, whose numbers are below 2^63";
    if (!std::isfinite(t.notional)) {
        why = "notional: price, quantity and rate multiply to no finite number";
    } else if (!std::isfinite(t.fee)) {
        why = "fee: notional and fee rate multiply to no finite number";
    }
    counts_->unfit.add(1);
    log_.warn(fmt::format("trade {}: {}: rejected", t.trade_id, why));
}

}  // namespace weir_enrich
