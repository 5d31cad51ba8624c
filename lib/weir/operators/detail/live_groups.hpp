/// The groups of a `group_by`: found by key, known by number, in the order in which they were used.
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

/// Where a group is handed an item. All groups of a `group_by` share one, since one is polled at a
/// time: so it is always in the cache.
template <class T>
struct group_inlet {
    T* item = nullptr;    // null: there is none, or it was taken
    bool closed = false;  // there will be no other
};

/// The stream that a group's own pipeline begins with. It tells of the end when it is polled with
/// nothing to take.
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

/// One group, as far as each item needs it. It lives in the hash table itself, and so moves when
/// that grows: one look at memory an item, and not two.
template <class Stream>
struct live_group {
    live_group(Stream s, std::size_t n) : number(n), stream(std::move(s)) {}

    wakeable* waker = nullptr;  // null: it can be given no item, for one waits or it is closed
    std::size_t number;
    Stream stream;
};

/// All groups that live, by key, by number (below `most`, and used again) and in the order in which
/// they were used. That costs an item no more than two numbers to be noted (`use`): each group is
/// listed under a use of it, and moved when that is found to be an old one.
/// A group stays where it is until another one begins or ends.
template <class Key, class T, class Stream>
class live_groups {
public:
    using group = live_group<Stream>;

    explicit live_groups(std::size_t most) : most_(most) {}

    bool empty() const noexcept { return table_.empty(); }
    bool full() const noexcept { return table_.size() == most_; }
    std::size_t closing() const noexcept { return closing_; }

    /// Null if there is none.
    template <class K>
    group* find(const K& key) {
        const auto found = table_.find(key);
        return found == table_.end() ? nullptr : &found->second;
    }
    group* number(std::size_t n) {
        return n < records_.size() && records_[n] ? find(records_[n]->key) : nullptr;
    }
    /// Of those that are not closed the one that was not used for longest; null if there is none.
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

    /// A new group, used last. Precondition: not full, and there is none of that key.
    group& open(Key key, Stream stream) {
        if (free_.empty()) {
            free_.push_back(records_.size());  // and so there is room for it in `end`
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
    /// It gets no more items.
    void close(group& g) {
        record& about = *records_[g.number];
        about.closed = true;
        g.waker = nullptr;
        by_use_.erase(about.listed);
        ++closing_;
    }
    bool closed(const group& g) const { return records_[g.number]->closed; }
    /// The item that its pipeline has not taken yet.
    std::optional<T>& waiting(const group& g) { return records_[g.number]->waiting; }
    /// It is destroyed.
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
    /// What is seldom asked for.
    struct record {
        record(Key k, std::uint64_t first) : key(std::move(k)), use(first), listed(first) {}
        Key key;
        std::uint64_t use;         // the number of its last item
        clock::time_point used{};  // when that came
        std::uint64_t listed;      // `use` when that was last written down
        std::optional<T> waiting = {};
        bool closed = false;
    };

    std::size_t most_;
    absl::flat_hash_map<Key, group, key_hash, std::equal_to<>> table_;
    std::vector<std::optional<record>> records_;  // by number
    std::vector<std::size_t> free_;
    std::map<std::uint64_t, std::size_t> by_use_;  // numbers of those that are not closed
    std::uint64_t uses_ = 0;
    std::size_t closing_ = 0;
};

}  // namespace weir::detail
