/// agg::sum: the total.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <concepts>

namespace weir::agg {

/// The sum of the items as `T`s; 0 of none. Integers are exact as long as the sum fits into `T`,
/// and can be taken out again.
template <class T = double>
class sum {
public:
    template <class X>
    void add(const X& x) {
        total_ += static_cast<T>(x);
    }
    template <class X>
    void remove(const X& x) {
        total_ -= static_cast<T>(x);
    }
    void merge(const sum& other) { total_ += other.total_; }
    T value() const { return total_; }

private:
    T total_{};
};

/// Floating point is summed with a correction term (A. Neumaier, "Rundungsfehleranalyse einiger
/// Verfahren zur Summation endlicher Summen", 1974), so that the error does not grow with the
/// number of items.
template <std::floating_point T>
class sum<T> {
public:
    template <number X>
    void add(X item) noexcept {
        const T x = static_cast<T>(item);
        const T total = total_ + x;
        lost_ += std::abs(total_) >= std::abs(x) ? (total_ - total) + x : (x - total) + total_;
        total_ = total;
    }
    void merge(const sum& other) noexcept {
        add(other.total_);
        lost_ += other.lost_;
    }
    T value() const noexcept { return total_ + lost_; }

private:
    T total_ = 0;
    T lost_ = 0;
};

}  // namespace weir::agg
