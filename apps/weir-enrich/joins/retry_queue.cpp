#include "retry_queue.hpp"

#include <weir/runtime/saturating.hpp>

#include <iterator>

namespace weir_enrich {

bool retry_queue::park(const trade& t, const missed_key& missed) {
    parked_trade w{t, missed, {weir::deadline_after(now_, patience_), came_}};
    if (trying_) {
        if (is_last_try(*trying_)) {
            (trying_->evicted ? counts_->evicted : counts_->timed_out).add(1);
            return false;
        }
        w.when = trying_->when;
    } else if (gives_up_) {
        return false;
    } else {
        ++came_;
        counts_->waited.add(1);
    }
    by_key_.emplace(missed, w.when);
    parked_.emplace(w.when, w);
    if (parked_.size() > most_) {
        parked_.begin()->second.evicted = true;
        make_ready(parked_.begin());
    }
    return true;
}

void retry_queue::key_came(const missed_key& key) {
    auto next = by_key_.lower_bound({key, {clock::time_point::min(), 0}});
    while (next != by_key_.end() && next->first == key) {
        const auto waits = parked_.find(next->second);
        ++next;  // before `make_ready` erases the entry
        make_ready(waits);
    }
}

void retry_queue::all_came(table_name table) {
    for (auto p = parked_.begin(); p != parked_.end();) {
        p = p->second.missed.table == table ? make_ready(p) : std::next(p);
    }
}

void retry_queue::give_up() {
    gives_up_ = true;
    for (auto p = parked_.begin(); p != parked_.end();) p = make_ready(p);
}

std::optional<retry_queue::clock::time_point> retry_queue::next_deadline() const {
    if (parked_.empty()) return std::nullopt;
    return parked_.begin()->first.deadline;
}

void retry_queue::set_time(clock::time_point now) {
    now_ = now;
    while (!parked_.empty() && parked_.begin()->first.deadline <= now) make_ready(parked_.begin());
}

retry_queue::iterator retry_queue::make_ready(iterator p) {
    by_key_.erase({p->second.missed, p->first});
    ready_.push_back(p->second);
    return parked_.erase(p);
}

}  // namespace weir_enrich
