#include "latencies.hpp"

#include <fmt/format.h>
#include <weir-enrich/model/time_text.hpp>

#include <algorithm>
#include <iterator>

namespace weir_enrich {

namespace {

constexpr double most_steps = 1'000;  // the most values that one delay adds

}  // namespace

void latencies::add(const std::vector<enriched_trade>& trades, std::int64_t written) {
    for (auto i = trades.begin(); i != trades.end();) {
        const std::int64_t came = i->received;
        const auto begin = i;
        i = std::find_if(i, trades.end(),
                         [came](const enriched_trade& t) { return t.received != came; });
        add_run(came, static_cast<std::uint64_t>(std::distance(begin, i)), written);
    }
}

void latencies::add_run(std::int64_t came, std::uint64_t trades, std::int64_t written) {
    if (runs_ == 0) first_came_ = came;
    if (came > last_came_) {
        last_came_ = came;
        ++runs_;
    }
    const auto delay = static_cast<double>(written - came);
    delays_.add(delay, trades);
    if (runs_ < 2) return;
    const double apart = std::max(
        1.0, static_cast<double>(last_came_ - first_came_) / static_cast<double>(runs_ - 1));
    const double step = std::max(apart, delay / most_steps);
    const auto at_a_step = static_cast<std::uint64_t>(static_cast<double>(trades) * step / apart);
    for (double left = delay - step; left >= step; left -= step) delays_.add(left, at_a_step);
}

std::string latencies::line() const {
    return fmt::format("p50 {}  p99 {}  p99.9 {}  max {}", time_text(quantile(0.5)),
                       time_text(quantile(0.99)), time_text(quantile(0.999)),
                       time_text(quantile(1)));
}

}  // namespace weir_enrich
