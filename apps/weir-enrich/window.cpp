#include "window.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>

namespace weir_enrich {

window::window(const window_options& options)
    : slide_(options.slide.count()), slots_(options.length / options.slide) {}

bool window::knows(std::int64_t event_time) const noexcept {
    return event_time >= 0 && event_time <= std::numeric_limits<std::int64_t>::max() - slide_;
}

void window::slide_to(std::int64_t slot) noexcept {
    newest_ = std::max(newest_, slot);
}

void window::add(const enriched_trade& t) {
    if (!knows(t.event_time)) return;
    const std::int64_t slot = slot_of(t.event_time);
    slide_to(slot);
    if (slot <= newest_ - slots_) return;
    const auto [at, is_new] = places_.try_emplace(t.instrument_id, entries_.size());
    const auto slots = static_cast<std::size_t>(slots_);
    if (is_new) {
        entries_.push_back(
            {t.instrument_id, t.symbol, t.instrument_name, std::vector<bucket>(slots)});
    }
    bucket& b = entries_[at->second].buckets[static_cast<std::size_t>(slot) % slots];
    if (b.slot != slot) {
        b = bucket();
        b.slot = slot;
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
    f.instrument_id = e.instrument_id;
    f.symbol = e.symbol;
    f.name = e.name;
    // From the oldest slot to the newest.
    for (std::int64_t slot = std::max<std::int64_t>(0, newest_ - slots_ + 1); slot <= newest_;
         ++slot) {
        const bucket& b = e.buckets[static_cast<std::size_t>(slot % slots_)];
        if (b.slot != slot) continue;
        if (f.count == 0) f.first = b.first;
        f.count += b.count;
        f.volume += b.volume;
        f.notional += b.notional;
        f.paid += b.paid;
        f.last = b.last;
    }
    return f;
}

template <class Key>
std::vector<instrument_figures> window::greatest(std::size_t most, Key key) const {
    std::vector<instrument_figures> found;
    found.reserve(entries_.size());
    for (const entry& e : entries_) {
        const instrument_figures f = figures_of(e);
        if (f.count != 0) found.push_back(f);
    }
    most = std::min(most, found.size());
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(most);
    const auto before = [key](const instrument_figures& a, const instrument_figures& b) {
        const auto order = std::strong_order(key(a), key(b));  // of any two, NaN or not
        return order == 0 ? a.instrument_id < b.instrument_id : order > 0;
    };
    std::partial_sort(found.begin(), end, found.end(), before);
    found.resize(most);
    return found;
}

std::vector<instrument_figures> window::top(std::size_t most) const {
    return greatest(most, [](const instrument_figures& f) { return f.notional; });
}

std::vector<instrument_figures> window::movers(std::size_t most) const {
    return greatest(most, [](const instrument_figures& f) { return std::abs(f.move()); });
}

}  // namespace weir_enrich
