/// An aggregate of the items in a queue: new ones come at one end, the oldest leave at the other.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace weir::agg::detail {

/// With an aggregate that items can be taken out of, that is what happens. Otherwise by two stacks:
/// the older half is kept as the aggregates of all its ends, so that dropping the oldest item is
/// dropping one of them; when it is used up, the newer half becomes the older. Either way O(1) an
/// item in the mean; by two stacks one item in as many as the window holds costs as much as all.
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
    /// The oldest leaves. Precondition: there is one.
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
            one.merge(total);  // what came later: of equal ones the first stays
            total = std::move(one);
            older_.push_back(total);
        }
        newer_total_ = empty_;
    }

    A empty_;
    std::vector<A> older_;  // the k-th: of the k + 1 newest of the older half
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
