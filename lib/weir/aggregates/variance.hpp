/// agg::variance: the spread of numbers.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace weir::agg {

/// The variance of a sample of numbers: the sum of the squared distances from the mean, divided by
/// n - 1; 0 for fewer than two. Numerically stable (B. P. Welford, "Note on a method for
/// calculating corrected sums of squares and products", 1962). Merged after T. F. Chan, G. H. Golub
/// and R. J. LeVeque (1979). NaN is left out; with an infinity the variance is NaN (aggregate.hpp).
class variance {
public:
    template <number T>
    void add(T item) noexcept {
        const auto x = static_cast<double>(item);
        ++n_;
        const double before = x - mean_;
        const double moved = mean_ + before / static_cast<double>(n_);
        if (std::isfinite(moved)) [[likely]] {
            mean_ = moved;
            squares_ += before * (x - mean_);
        } else {
            add_extreme(x);
        }
    }
    void merge(const variance& other) noexcept {
        if (other.n_ == 0) return;
        if (n_ == 0) {
            *this = other;
            return;
        }
        const auto here = static_cast<double>(n_);
        const auto there = static_cast<double>(other.n_);
        const double apart = other.mean_ - mean_;
        n_ += other.n_;
        const double share = there / (here + there);
        const double moved = mean_ + apart * share;
        mean_ = std::isfinite(moved) ? moved : detail::blend(mean_, other.mean_, share);
        squares_ += other.squares_ + apart * apart * (here * there / (here + there));
    }
    double value() const noexcept { return n_ < 2 ? 0 : squares_ / static_cast<double>(n_ - 1); }
    /// The variance divided by n, for numbers that are the whole population and not a sample.
    double population() const noexcept { return n_ == 0 ? 0 : squares_ / static_cast<double>(n_); }
    /// The standard deviation of the sample.
    double deviation() const noexcept { return std::sqrt(value()); }
    double mean() const noexcept { return mean_; }
    std::uint64_t count() const noexcept { return static_cast<std::uint64_t>(n_); }

private:
    /// Handles items whose distance from the mean overflows or does not exist.
    void add_extreme(double x) noexcept {
        using limits = std::numeric_limits<double>;
        if (std::isnan(x)) {
            --n_;
            return;
        }
        const bool far = std::isfinite(x) && std::isfinite(mean_);
        squares_ += far ? limits::infinity() : limits::quiet_NaN();
        mean_ = detail::blend(mean_, x, 1 / static_cast<double>(n_));
    }

    std::int64_t n_ = 0;  // signed, because a signed number becomes a double in one instruction
    double mean_ = 0;
    double squares_ = 0;  // the sum of the squared distances from the mean
};

}  // namespace weir::agg
