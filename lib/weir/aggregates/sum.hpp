/// agg::sum: the sum of the items.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <concepts>
#include <limits>

namespace weir::agg {

/// The sum of the items as `T`s; 0 without items. Integers are exact as long as the sum fits into
/// `T`, and can be taken out again. NaN is left out (aggregate.hpp).
template <class T = double>
class sum {
public:
    template <class X>
    void add(const X& x) {
        if (!detail::is_nan(x)) total_ += static_cast<T>(x);
    }
    template <class X>
    void remove(const X& x) {
        if (!detail::is_nan(x)) total_ -= static_cast<T>(x);
    }
    void merge(const sum& other) { total_ += other.total_; }
    T value() const { return total_; }

private:
    T total_{};
};

/// Floating point is summed with a correction term (A. Neumaier, "Rundungsfehleranalyse einiger
/// Verfahren zur Summation endlicher Summen", 1974), so that the error does not grow with the
/// number of items. The part beyond the largest number is counted separately, so that the sum can
/// return to a finite number.
template <std::floating_point T>
class sum<T> {
public:
    template <number X>
    void add(X item) noexcept {
        add_one(static_cast<T>(item));
    }
    void merge(const sum& other) noexcept {
        add_one(other.total_);
        lost_ += other.lost_;
        beyond_ += other.beyond_;
    }
    T value() const noexcept {
        const T here = total_ + lost_;
        if (beyond_ == 0) [[likely]] {
            return here;
        }
        if (!std::isfinite(beyond_)) return beyond_;
        return (here / 2 + beyond_ * (half / 2)) * 2;
    }

private:
    // The smallest number that overflows when it is doubled.
    static constexpr T half = 2 / std::numeric_limits<T>::min();

    void add_one(T x) noexcept {
        const T total = total_ + x;
        if (std::isfinite(total)) [[likely]] {
            lost_ += std::abs(total_) >= std::abs(x) ? (total_ - total) + x : (x - total) + total_;
            total_ = total;
        } else {
            *this = with_extreme(*this, x);
        }
    }
    // By value, so that a loop can keep a sum in registers.
    static sum with_extreme(sum so_far, T x) noexcept {
        if (std::isinf(x)) {
            so_far.beyond_ += x;
        } else if (!std::isnan(x)) {
            so_far.total_ = so_far.without_half(so_far.total_);
            so_far.add_one(so_far.without_half(x));
        }
        return so_far;
    }
    /// `x`, or the remainder of `x` if a half is counted separately.
    T without_half(T x) noexcept {
        if (std::abs(x) < half) return x;
        beyond_ += std::copysign(T{1}, x);
        return x - std::copysign(half, x);
    }

    T total_ = 0;  // finite
    T lost_ = 0;
    T beyond_ = 0;  // halves; or the infinity that came, or NaN if both came
};

}  // namespace weir::agg
