/// How long trades take, from when they were read to when they are written.
#pragma once

#include <weir/aggregates/quantile.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "enriched_trade.hpp"

namespace weir_enrich {

/// Their quantiles, to within 1 %. Not thread-safe.
///
/// Trades that nobody reads while the program stands still have no time of their own to show for
/// it. So each delay that is longer than trades are apart counts for those too that would have come
/// meanwhile, as HdrHistogram corrects for coordinated omission: as many as came together, at each
/// step of the mean time between two such runs.
class latencies {
public:
    /// `trades` were written at `written`, by the clock of `now`.
    void add(const std::vector<enriched_trade>& trades, std::int64_t written);

    /// In nanoseconds; 0 if there are none.
    double quantile(double q) const { return delays_.quantile(q); }
    /// "p50 12.3 us  p99 45.6 us  p99.9 1.20 ms  max 4.56 ms"
    std::string line() const;

private:
    void add_run(std::int64_t came, std::uint64_t trades, std::int64_t written);

    weir::agg::quantile_sketch delays_;
    std::int64_t first_came_ = 0;  // of the runs that came so far
    std::int64_t last_came_ = 0;
    std::int64_t runs_ = 0;
};

}  // namespace weir_enrich
