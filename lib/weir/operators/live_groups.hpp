/// The groups of a `group_by`: found by key, known by number, in the order in which they were used.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/core/waker.hpp>
#include <weir/operators/kept_key.hpp>
#include <weir/runtime/clock.hpp>

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// Where a group is handed an item. All groups of a `group_by` share one, since one is polled at a
/// time: so it is always in the cache.
template <class T>
struct group_inlet {
    std::optional<T> item;
    bool closed = false;  // there will be no other
};

/// The stream that a group's own pipeline begins with.
template <class T>
class group_source {
public:
    using value_type = T;

    explicit group_source(group_inlet<T>& inlet) : inlet_(&inlet) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context&, Sink&& sink) {
        if (inlet_->item) {
            T x = *std::move(inlet_->item);
            inlet_->item.reset();
            if (!sink(std::move(x))) return poll_state::paused;
        }
        return inlet_->closed ? poll_state::finished : poll_state::pending;
    }

private:
    group_inlet<T>* inlet_;
};

/// One group. What each item needs comes first, in a cache line if the pipeline's state is small:
/// with a thousand groups, that is most of what an item costs.
template <class Key, class T, class Stream>
struct alignas(64) live_group {
    live_group(Stream s, Key k, std::size_t n)
        : stream(std::move(s)), key(std::move(k)), number(n) {}

    wakeable* waker = nullptr;  // null: it can be given no item, for one waits or it is closed
    std::uint64_t use = 0;      // the number of its last item
    clock::time_point used{};   // when that came
    Stream stream;
    Key key;
    std::size_t number;
    std::uint64_t listed = 0;  // `use` when that was last written down
    std::optional<T> waiting;  // an item that its pipeline has not taken yet
    bool closed = false;       // it gets no more items
};

/// All groups that live, by key, by number (below `most`, and used again) and in the order in which
/// they were used. That costs an item no more than two numbers to be noted (`use`): each group is
/// listed under a use of it, and moved when that is found to be an old one.
template <class Group, class Key>
class live_groups {
public:
    explicit live_groups(std::size_t most) : most_(most) {}

    bool empty() const noexcept { return table_.empty(); }
    bool full() const noexcept { return table_.size() == most_; }
    std::size_t closing() const noexcept { return closing_; }
    /// Of those that are not closed the one that was not used for longest; null if there is none.
    Group* oldest() {
        while (!by_use_.empty()) {
            const auto first = by_use_.begin();
            Group* const g = first->second;
            if (g->use == first->first) return g;
            auto entry = by_use_.extract(first);
            entry.key() = g->listed = g->use;
            by_use_.insert(std::move(entry));
        }
        return nullptr;
    }
    /// Null if there is none.
    Group* number(std::size_t n) const noexcept {
        return n < numbers_.size() ? numbers_[n] : nullptr;
    }
    template <class K>
    Group* find(const K& key) const {
        const auto found = table_.find(key);
        return found == table_.end() ? nullptr : found->second.get();
    }

    /// A new group, used last. Precondition: not full, and there is none of that key.
    template <class Stream>
    Group& open(Key key, Stream stream) {
        const std::size_t n = free_.empty() ? numbers_.size() : free_.back();
        auto made = std::make_unique<Group>(std::move(stream), key, n);
        Group& g = *made;
        if (free_.empty()) {
            numbers_.push_back(nullptr);
            free_.reserve(numbers_.size());  // so that `end` need not allocate
        } else {
            free_.pop_back();
        }
        table_.emplace(std::move(key), std::move(made));
        numbers_[n] = &g;
        use(g, {});
        g.listed = g.use;
        by_use_.emplace(g.listed, &g);
        return g;
    }
    void use(Group& g, clock::time_point now) noexcept {
        g.use = ++uses_;
        g.used = now;
    }
    /// It gets no more items.
    void close(Group& g) {
        g.closed = true;
        g.waker = nullptr;
        by_use_.erase(g.listed);
        ++closing_;
    }
    /// It is destroyed.
    void end(Group& g) {
        if (g.closed) {
            --closing_;
        } else {
            by_use_.erase(g.listed);
        }
        numbers_[g.number] = nullptr;
        free_.push_back(g.number);
        table_.erase(table_.find(g.key));
    }

private:
    std::size_t most_;
    absl::flat_hash_map<Key, std::unique_ptr<Group>, key_hash, std::equal_to<>> table_;
    std::vector<Group*> numbers_;  // null: free
    std::vector<std::size_t> free_;
    std::map<std::uint64_t, Group*> by_use_;  // those that are not closed
    std::uint64_t uses_ = 0;
    std::size_t closing_ = 0;
};

}  // namespace weir
