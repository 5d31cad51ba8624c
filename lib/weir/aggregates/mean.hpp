/// agg::mean: the arithmetic mean.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <cstdint>

namespace weir::agg {

/// The arithmetic mean of numbers, as a double; 0 without items. Each item moves the mean by its
/// share, so no large sum arises. NaN is left out (aggregate.hpp). Can be merged.
class mean {
public:
    template <number T>
    void add(T x) noexcept {
        const auto item = static_cast<double>(x);
        ++n_;
        const double moved = mean_ + (item - mean_) / static_cast<double>(n_);
        if (std::isfinite(moved)) [[likely]] {
            mean_ = moved;
        } else {
            add_extreme(item);
        }
    }
    void merge(const mean& other) noexcept {
        if (other.n_ == 0) return;
        n_ += other.n_;
        const double share = static_cast<double>(other.n_) / static_cast<double>(n_);
        const double moved = mean_ + (other.mean_ - mean_) * share;
        mean_ = std::isfinite(moved) ? moved : detail::blend(mean_, other.mean_, share);
    }
    double value() const noexcept { return mean_; }
    std::uint64_t count() const noexcept { return static_cast<std::uint64_t>(n_); }

private:
    /// Handles items whose distance from the mean overflows or does not exist.
    void add_extreme(double item) noexcept {
        if (std::isnan(item)) {
            --n_;
        } else {
            mean_ = detail::blend(mean_, item, 1 / static_cast<double>(n_));
        }
    }

    std::int64_t n_ = 0;  // signed, because a signed number becomes a double in one instruction
    double mean_ = 0;
};

}  // namespace weir::agg
