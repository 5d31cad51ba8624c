/// agg::ewma: an average that forgets.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <stdexcept>

namespace weir::agg {

/// The exponentially weighted moving average of numbers: each item moves it by the fraction `alpha`
/// of its distance; the first sets it. 0 of none. NaN is left out (aggregate.hpp).
///
///     weir::agg::ewma(0.1)
///     weir::agg::ewma::half_life(20)   // an item counts half after 20 more
///
/// Depends on the order, so it can neither be merged nor undone: `running` and `tumbling` only.
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
        // From the nearer of the two: so it is the item, exactly, where `alpha` is 1.
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
    /// The first, and where the distance is too large or there is none.
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
