/// An aggregate of the items in a queue: new items enter at one end, the oldest leave at the other.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace weir::agg::detail {

/// The general form uses two stacks. The older half is kept as the aggregates of all its suffixes,
/// so that dropping the oldest item drops one of these. When the older half is used up, the newer
/// half becomes the older one. For an aggregate that items can be taken out of, the specialization
/// below does that. Both take O(1) per item on average; with two stacks, one item per window length
/// costs as much as the whole window.
template <class A, class T>
class sliding_window {
    static_assert(mergeable_aggregate<A, T>,
                  "weir: a sliding window needs an aggregate with remove(item) or merge(other)");

public:
    explicit sliding_window(A empty) : empty_(empty), newer_total_(std::move(empty)) {}

    std::size_t size() const noexcept { return older_.size() + newer_.size(); }

    void push(T x) {
        newer_total_.add(std::as_const(x));
        newer_.push_back(std::move(x));
    }
    /// Drops the oldest item. Precondition: there is one.
    void pop() {
        if (older_.empty()) turn_over();
        older_.pop_back();
    }
    aggregate_value<A> value() const {
        if (older_.empty()) return newer_total_.value();
        A all = older_.back();
        all.merge(newer_total_);
        return all.value();
    }

private:
    void turn_over() {
        A total = empty_;
        for (; !newer_.empty(); newer_.pop_back()) {
            A one = empty_;
            one.add(std::as_const(newer_.back()));
            one.merge(total);  // the later items second: of equal items, the first stays
            total = std::move(one);
            older_.push_back(total);
        }
        newer_total_ = empty_;
    }

    A empty_;
    std::vector<A> older_;  // the k-th holds the k + 1 newest items of the older half
    std::vector<T> newer_;
    A newer_total_;
};

template <class A, class T>
    requires invertible_aggregate<A, T>
class sliding_window<A, T> {
public:
    explicit sliding_window(A empty) : total_(std::move(empty)) {}

    std::size_t size() const noexcept { return items_.size(); }
    void push(T x) {
        total_.add(std::as_const(x));
        items_.push_back(std::move(x));
    }
    void pop() {
        total_.remove(std::as_const(items_.front()));
        items_.pop_front();
    }
    aggregate_value<A> value() const { return total_.value(); }

private:
    std::deque<T> items_;
    A total_;
};

}  // namespace weir::agg::detail
