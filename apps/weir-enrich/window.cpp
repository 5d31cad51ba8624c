#include "window.hpp"

#include <algorithm>
#include <cmath>

namespace weir_enrich {

void window::add(const enriched_trade& t) {
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    const std::int64_t second = t.event_time / nanoseconds;
    newest_ = std::max(newest_, second);
    if (!in_window(second)) return;
    const auto [at, is_new] = places_.try_emplace(t.instrument_id, entries_.size());
    if (is_new) entries_.push_back({t.symbol, t.instrument_name, {}});
    bucket& b = entries_[at->second].buckets[static_cast<std::size_t>(second % seconds)];
    if (b.second != second) {
        b = bucket();
        b.second = second;
        b.first = t.price;
    }
    ++b.count;
    b.volume += t.quantity;
    b.notional += t.notional;
    b.paid += t.price * t.quantity;
    b.last = t.price;
}

instrument_figures window::figures_of(const entry& e) const {
    instrument_figures f;
    f.symbol = e.symbol;
    f.name = e.name;
    // From the oldest second to the newest.
    for (std::int64_t second = newest_ - seconds + 1; second <= newest_; ++second) {
        if (second < 0) continue;
        const bucket& b = e.buckets[static_cast<std::size_t>(second % seconds)];
        if (b.second != second) continue;
        if (f.count == 0) f.first = b.first;
        f.count += b.count;
        f.volume += b.volume;
        f.notional += b.notional;
        f.paid += b.paid;
        f.last = b.last;
    }
    return f;
}

template <class Before>
std::vector<instrument_figures> window::best(std::size_t most, Before before) const {
    std::vector<instrument_figures> all;
    all.reserve(entries_.size());
    for (const entry& e : entries_) {
        const instrument_figures f = figures_of(e);
        if (f.count != 0) all.push_back(f);
    }
    most = std::min(most, all.size());
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(most);
    std::partial_sort(all.begin(), end, all.end(), before);
    all.resize(most);
    return all;
}

std::vector<instrument_figures> window::top(std::size_t most) const {
    return best(most, [](const auto& a, const auto& b) { return a.notional > b.notional; });
}

std::vector<instrument_figures> window::movers(std::size_t most) const {
    return best(
        most, [](const auto& a, const auto& b) { return std::abs(a.move()) > std::abs(b.move()); });
}

}  // namespace weir_enrich
