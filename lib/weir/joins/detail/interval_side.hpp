/// What an interval_join holds of one of its streams.
#pragma once

#include <weir/core/stream.hpp>

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

/// Items by time, of which the oldest leave: a vector whose front is cut off now and then.
template <class Time, class T>
class time_queue {
public:
    struct entry {
        Time time;
        T item;
    };

    bool empty() const noexcept { return first_ == entries_.size(); }
    auto begin() const noexcept { return entries_.begin() + static_cast<std::ptrdiff_t>(first_); }
    auto end() const noexcept { return entries_.end(); }
    const entry& front() const noexcept { return entries_[first_]; }

    /// Behind all that are not later. Cost: as many moves as there are later ones.
    void add(Time time, T item) {
        auto place = entries_.end();
        while (place - entries_.begin() > static_cast<std::ptrdiff_t>(first_) &&
               time < std::prev(place)->time) {
            --place;
        }
        entries_.insert(place, entry{time, std::move(item)});
    }
    void pop_front() {
        if (++first_ * 2 < entries_.size()) return;
        entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }

private:
    std::vector<entry> entries_;
    std::size_t first_ = 0;  // those before it have left
};

/// The items of one stream that may still have partners to come, by key and time; and how far the
/// stream has come.
template <class T, class Key, class Time>
class interval_side {
public:
    using queue = time_queue<Time, T>;

    std::size_t size() const noexcept { return size_; }
    /// The latest time of an item; none before the first.
    const std::optional<Time>& latest() const noexcept { return latest_; }
    void saw(Time time) {
        if (!latest_ || *latest_ < time) latest_ = time;
    }

    void add(Key key, Time time, T item) {
        by_key_[key].add(time, std::move(item));
        order_.add(time, std::move(key));
        ++size_;
    }
    /// The items of `key` from `first` to `last`, both included, in order of time.
    template <class F>
    void for_each(const Key& key, Time first, Time last, F f) const {
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return;
        const queue& items = found->second;
        auto it = std::partition_point(items.begin(), items.end(),
                                       [first](const auto& e) { return e.time < first; });
        for (; it != items.end() && !(last < it->time); ++it) f(it->item);
    }
    void drop_before(Time time) {
        while (size_ != 0 && order_.front().time < time) drop_oldest();
    }
    /// Precondition: there is one.
    void drop_oldest() {
        // What is first of all is first of its key.
        const auto found = by_key_.find(order_.front().item);
        found->second.pop_front();
        if (found->second.empty()) by_key_.erase(found);
        order_.pop_front();
        --size_;
    }
    void drop_all() {
        by_key_.clear();
        order_ = {};
        size_ = 0;
    }

private:
    absl::flat_hash_map<Key, queue> by_key_;
    time_queue<Time, Key> order_;
    std::optional<Time> latest_;
    std::size_t size_ = 0;
};

}  // namespace weir::detail
