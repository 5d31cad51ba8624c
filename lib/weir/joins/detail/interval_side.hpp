/// The items that an interval_join holds of one of its streams.
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

/// A queue of items in order of time: a vector whose front is erased now and then.
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

    /// Inserts the item behind all items that are not later. Cost: one move for each later item.
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
    std::size_t first_ = 0;  // the items before it are already popped
};

/// The items of one stream that may still get partners, by key and time. Also holds the stream's
/// latest time.
template <class T, class Key, class Time>
class interval_side {
public:
    using queue = time_queue<Time, T>;

    std::size_t size() const noexcept { return size_; }
    /// The latest time of an item; empty before the first item.
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
    /// Precondition: there is an item.
    void drop_oldest() {
        // The oldest item of all is also the oldest of its key.
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
