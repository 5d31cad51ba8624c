/// The groups of a `group_by`: found by key, numbered, and in order of last use.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/core/waker.hpp>
#include <weir/operators/detail/kept_key.hpp>
#include <weir/operators/detail/key_hash.hpp>
#include <weir/runtime/clock.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

/// The slot through which a group gets an item. Only one group is polled at a time, so all groups
/// of a `group_by` share one slot, which stays in the cache.
template <class T>
struct group_inlet {
    T* item = nullptr;    // null: there is none, or it was taken
    bool closed = false;  // there will be no other item
};

/// The stream at the head of a group's own pipeline. It reports the end when it is polled and has
/// no item.
template <class T>
class group_source {
public:
    using value_type = T;

    explicit group_source(group_inlet<T>& inlet) : inlet_(&inlet) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context&, Sink&& sink) {
        if (T* const x = std::exchange(inlet_->item, nullptr)) {
            return sink(std::move(*x)) ? poll_state::pending : poll_state::paused;
        }
        return inlet_->closed ? poll_state::finished : poll_state::pending;
    }

private:
    group_inlet<T>* inlet_;
};

/// The part of a group that each item needs. It is stored in the hash table itself, and moves when
/// the table grows. So an item costs one memory access instead of two.
template <class Stream>
struct live_group {
    live_group(Stream s, std::size_t n) : number(n), stream(std::move(s)) {}

    wakeable* waker = nullptr;  // null: it takes no item now, because one waits or it is closed
    std::size_t number;
    Stream stream;
};

/// All live groups: by key, by number (below `most`, reused), and in the order of last use. Noting
/// a use (`use`) only stores two numbers. Each group is listed under one of its uses, and is moved
/// in the list when that use is found to be an old one. A group does not move until another group
/// begins or ends.
template <class Key, class T, class Stream>
class live_groups {
public:
    using group = live_group<Stream>;

    explicit live_groups(std::size_t most) : most_(most) {}

    bool empty() const noexcept { return table_.empty(); }
    bool full() const noexcept { return table_.size() == most_; }
    std::size_t closing() const noexcept { return closing_; }

    /// Null if there is no such group.
    template <class K>
    group* find(const K& key) {
        const auto found = table_.find(key);
        return found == table_.end() ? nullptr : &found->second;
    }
    group* number(std::size_t n) {
        return n < records_.size() && records_[n] ? find(records_[n]->key) : nullptr;
    }
    /// Of the groups that are not closed, the one that was not used for the longest time; null if
    /// there is none.
    group* oldest() {
        while (!by_use_.empty()) {
            const auto first = by_use_.begin();
            group* const g = number(first->second);
            record& about = *records_[first->second];
            if (about.use == first->first) return g;
            auto entry = by_use_.extract(first);
            entry.key() = about.listed = about.use;
            by_use_.insert(std::move(entry));
        }
        return nullptr;
    }

    /// Adds a group, as the last one used. Precondition: not full, and no group has this key.
    group& open(Key key, Stream stream) {
        if (free_.empty()) {
            free_.push_back(records_.size());  // this also reserves room for `end`
            records_.emplace_back();
        }
        const std::size_t n = free_.back();
        group& g = table_.try_emplace(key, std::move(stream), n).first->second;
        by_use_.emplace(++uses_, n);
        records_[n].emplace(std::move(key), uses_);
        free_.pop_back();
        return g;
    }
    void use(const group& g, clock::time_point now) noexcept {
        record& about = *records_[g.number];
        about.use = ++uses_;
        about.used = now;
    }
    clock::time_point last_used(const group& g) const { return records_[g.number]->used; }
    /// Closes the group: it gets no more items.
    void close(group& g) {
        record& about = *records_[g.number];
        about.closed = true;
        g.waker = nullptr;
        by_use_.erase(about.listed);
        ++closing_;
    }
    bool closed(const group& g) const { return records_[g.number]->closed; }
    /// The item that the group's pipeline has not taken yet.
    std::optional<T>& waiting(const group& g) { return records_[g.number]->waiting; }
    /// Destroys the group.
    void end(group& g) {
        const std::size_t n = g.number;
        const record& about = *records_[n];
        if (about.closed) {
            --closing_;
        } else {
            by_use_.erase(about.listed);
        }
        table_.erase(table_.find(about.key));
        records_[n].reset();
        free_.push_back(n);
    }

private:
    /// The part of a group that is seldom needed.
    struct record {
        record(Key k, std::uint64_t first) : key(std::move(k)), use(first), listed(first) {}
        Key key;
        std::uint64_t use;         // the number of its last item
        clock::time_point used{};  // when the last item came
        std::uint64_t listed;      // the `use` under which the group is listed
        std::optional<T> waiting = {};
        bool closed = false;
    };

    std::size_t most_;
    absl::flat_hash_map<Key, group, key_hash, std::equal_to<>> table_;
    std::vector<std::optional<record>> records_;  // by number
    std::vector<std::size_t> free_;
    std::map<std::uint64_t, std::size_t> by_use_;  // the numbers of the groups that are not closed
    std::uint64_t uses_ = 0;
    std::size_t closing_ = 0;
};

}  // namespace weir::detail
