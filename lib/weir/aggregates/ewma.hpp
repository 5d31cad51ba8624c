/// agg::ewma: the exponentially weighted moving average.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <stdexcept>

namespace weir::agg {

/// The exponentially weighted moving average of numbers. The first item sets it, and each later
/// item moves it by the fraction `alpha` of the distance. 0 without items. NaN is left out
/// (aggregate.hpp).
///
///     weir::agg::ewma(0.1)
///     weir::agg::ewma::half_life(20)   // an item's weight halves after 20 more items
///
/// The average depends on the order, so it can neither be merged nor undone: use it in `running`
/// and `tumbling` only.
/// Errors: `std::invalid_argument` unless 0 < alpha <= 1, or unless the half-life is positive.
class ewma {
public:
    explicit ewma(double alpha) : alpha_(alpha) {
        if (!(alpha > 0 && alpha <= 1)) {
            throw std::invalid_argument("weir::agg::ewma: alpha must be above 0 and at most 1");
        }
    }
    static ewma half_life(double items) {
        if (!(items > 0)) {
            throw std::invalid_argument("weir::agg::ewma: the half-life must be positive");
        }
        return ewma(-std::expm1(-std::log(2.0) / items));
    }

    template <number T>
    void add(T x) noexcept {
        const auto item = static_cast<double>(x);
        // Starts from the nearer of the two numbers, so that the result is exactly the item if
        // `alpha` is 1.
        const double moved = alpha_ > 0.5 ? item + (1 - alpha_) * (value_ - item)
                                          : value_ + alpha_ * (item - value_);
        if (any_ && std::isfinite(moved)) [[likely]] {
            value_ = moved;
        } else {
            add_unusual(item);
        }
    }
    double value() const noexcept { return value_; }

private:
    /// Handles the first item, and items whose distance overflows or does not exist.
    void add_unusual(double item) noexcept {
        if (std::isnan(item)) return;
        value_ = any_ ? detail::blend(value_, item, alpha_) : item;
        any_ = true;
    }

    double alpha_;
    double value_ = 0;
    bool any_ = false;
};

}  // namespace weir::agg
