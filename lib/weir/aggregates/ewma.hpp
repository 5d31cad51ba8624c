/// agg::ewma: an average that forgets.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <stdexcept>

namespace weir::agg {

/// The exponentially weighted moving average of numbers: each item moves it by the fraction `alpha`
/// of its distance; the first sets it. 0 of none.
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
        value_ += (any_ ? alpha_ : 1) * (static_cast<double>(x) - value_);
        any_ = true;
    }
    double value() const noexcept { return value_; }

private:
    double alpha_;
    double value_ = 0;
    bool any_ = false;
};

}  // namespace weir::agg
