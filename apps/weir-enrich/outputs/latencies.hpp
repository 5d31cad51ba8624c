/// How long trades take, from when they were read to when they are written.
#pragma once

#include <weir/aggregates/quantile.hpp>

#include <weir-enrich/model/enriched_trade.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir_enrich {

/// Their quantiles, to within 1 %. Not thread-safe.
///
/// Corrects for coordinated omission, as HdrHistogram does. While the program stands still it reads
/// no trades, so trades that wait in front of it have no delay of their own. Therefore a delay that
/// is longer than the mean time between two chunks also counts for the chunks that would have come
/// meanwhile, each as large as the delayed one and each delayed less by one mean time.
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
    std::int64_t first_came_ = 0;  // of the chunks so far
    std::int64_t last_came_ = 0;
    std::int64_t runs_ = 0;
};

}  // namespace weir_enrich
