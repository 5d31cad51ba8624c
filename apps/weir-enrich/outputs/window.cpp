#include "window.hpp"

#include <cmath>
#include <compare>
#include <iterator>
#include <utility>

namespace weir_enrich {

void trade_sums::add(const enriched_trade& t) noexcept {
    if (count == 0 || t.event_time < first_time) {
        first_time = t.event_time;
        first = t.price;
    }
    if (count == 0 || t.event_time >= last_time) {
        last_time = t.event_time;
        last = t.price;
    }
    ++count;
    volume += t.quantity;
    notional += t.notional;
    paid += static_cast<long double>(t.price) * t.quantity;
}

void trade_sums::append(const trade_sums& later) noexcept {
    if (count == 0) {
        *this = later;
        return;
    }
    count += later.count;
    volume += later.volume;
    notional += later.notional;
    paid += later.paid;
    last_time = later.last_time;
    last = later.last;
}

window::window(const window_options& options)
    : slide_(options.slide.count()),
      periods_(options.length / options.slide),
      periods_a_slot_((periods_ + most_slots - 1) / most_slots),
      max_jump_(options.max_jump.count()) {}

timing window::judge(std::int64_t event_time) noexcept {
    if (event_time < 0) return timing::late;
    // The end of its period must fit into the type, too.
    if (event_time > std::numeric_limits<std::int64_t>::max() - slide_) return timing::ahead;
    if (newest_ < 0) return timing::fits;
    if (period_of(event_time) <= newest_ - periods_) return timing::late;
    if (max_jump_ != 0 && event_time - newest_ * slide_ > max_jump_) {
        if (++far_ahead_ < believed_after) return timing::ahead;
    }
    far_ahead_ = 0;
    return timing::fits;
}

void window::slide_to(std::int64_t period) noexcept {
    newest_ = std::max(newest_, period);
}

timing window::add(const enriched_trade& t) {
    const timing when = judge(t.event_time);
    if (when == timing::fits) take(t);
    return when;
}

void window::take(const enriched_trade& t) {
    slide_to(period_of(t.event_time));
    const auto [at, is_new] = index_.try_emplace(t.instrument_id, entries_.size());
    if (is_new) entries_.push_back({t.instrument_id, t.symbol, t.instrument_name, {}, {}});
    entry& e = entries_[at->second];
    forget_old(e);
    const std::int64_t number = slot_of(t.event_time);
    auto behind = e.slots.end();  // the first slot that is later
    while (behind != e.slots.begin() && std::prev(behind)->number > number) --behind;
    if (behind == e.slots.begin() || std::prev(behind)->number != number) {
        behind = std::next(e.slots.insert(behind, slot{number, {}}));
    }
    std::prev(behind)->sums.add(t);
    e.total.add(t);
}

void window::forget_old(entry& e) const {
    const std::int64_t oldest = std::max<std::int64_t>(0, newest_ - periods_ + 1) / periods_a_slot_;
    if (e.slots.empty() || e.slots.front().number >= oldest) return;
    const auto stays =
        std::ranges::find_if(e.slots, [oldest](const slot& s) { return s.number >= oldest; });
    e.slots.erase(e.slots.begin(), stays);
    if (e.slots.empty()) e.slots = {};  // frees the memory of an instrument without trades
    e.total = trade_sums();
    for (const slot& s : e.slots) e.total.append(s.sums);
}

template <class Key>
std::vector<instrument_statistics> window::greatest(std::size_t most, Key key) {
    struct ranked {
        double key;
        const entry* what;
    };
    std::vector<ranked> found;
    found.reserve(entries_.size());
    const auto statistics_of = [](const entry& e) {
        return instrument_statistics{e.total, e.instrument_id, e.symbol, e.name};
    };
    for (entry& e : entries_) {
        forget_old(e);
        if (e.total.count != 0) found.push_back({key(statistics_of(e)), &e});
    }
    most = std::min(most, found.size());
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(most);
    const auto before = [](const ranked& a, const ranked& b) {
        const auto order = std::strong_order(a.key, b.key);  // of any two, NaN or not
        return order == 0 ? a.what->instrument_id < b.what->instrument_id : order > 0;
    };
    std::partial_sort(found.begin(), end, found.end(), before);
    std::vector<instrument_statistics> greatest;
    greatest.reserve(most);
    for (auto i = found.begin(); i != end; ++i) greatest.push_back(statistics_of(*i->what));
    return greatest;
}

std::vector<instrument_statistics> window::top(std::size_t most) {
    return greatest(most,
                    [](const instrument_statistics& f) { return static_cast<double>(f.notional); });
}

std::vector<instrument_statistics> window::movers(std::size_t most) {
    return greatest(most, [](const instrument_statistics& f) { return std::abs(f.move()); });
}

}  // namespace weir_enrich
