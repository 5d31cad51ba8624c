/// ttl_cache: a bounded cache whose entries expire.
#pragma once

#include <weir/runtime/clock.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <list>
#include <optional>
#include <utility>

namespace weir {

/// At most `size` values by their keys; the least recently used value is replaced. With a time to
/// live, a value expires that long after its `put`. Not thread-safe.
template <class Key, class Value>
class ttl_cache {
public:
    ttl_cache(std::size_t size, std::optional<clock::duration> time_to_live)
        : size_(size), time_to_live_(time_to_live) {}

    /// Null if there is none; valid until the next `put`.
    const Value* find(const Key& key, clock::time_point now) {
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return nullptr;
        const auto at = found->second;
        if (time_to_live_ && now - at->put_at >= *time_to_live_) {
            by_key_.erase(found);
            entries_.erase(at);
            return nullptr;
        }
        entries_.splice(entries_.begin(), entries_, at);
        return &at->value;
    }

    void put(const Key& key, Value value, clock::time_point now) {
        if (size_ == 0) return;
        entries_.push_front(entry(key, std::move(value), now));
        const auto [at, fresh] = by_key_.try_emplace(key, entries_.begin());
        if (!fresh) entries_.erase(std::exchange(at->second, entries_.begin()));
        if (entries_.size() <= size_) return;
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }

    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct entry {
        entry(const Key& k, Value v, clock::time_point t)
            : key(k), value(std::move(v)), put_at(t) {}
        Key key;
        Value value;
        clock::time_point put_at;
    };
    using list = std::list<entry>;

    std::size_t size_;
    std::optional<clock::duration> time_to_live_;
    list entries_;  // the most recently used in front
    absl::flat_hash_map<Key, typename list::iterator> by_key_;
};

}  // namespace weir
