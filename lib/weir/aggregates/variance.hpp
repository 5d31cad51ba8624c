/// agg::variance: how far numbers are spread.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cmath>
#include <cstdint>

namespace weir::agg {

/// The variance of a sample of numbers: the squared distances from their mean, by n - 1; 0 of fewer
/// than two. Numerically stable (B. P. Welford, "Note on a method for calculating corrected sums of
/// squares and products", 1962); merged after T. F. Chan, G. H. Golub and R. J. LeVeque (1979).
class variance {
public:
    template <number T>
    void add(T item) noexcept {
        const auto x = static_cast<double>(item);
        ++n_;
        const double before = x - mean_;
        mean_ += before / static_cast<double>(n_);
        squares_ += before * (x - mean_);
    }
    void merge(const variance& other) noexcept {
        if (other.n_ == 0) return;
        const auto here = static_cast<double>(n_);
        const auto there = static_cast<double>(other.n_);
        const double apart = other.mean_ - mean_;
        n_ += other.n_;
        mean_ += apart * (there / (here + there));
        squares_ += other.squares_ + apart * apart * (here * there / (here + there));
    }
    double value() const noexcept { return n_ < 2 ? 0 : squares_ / static_cast<double>(n_ - 1); }
    /// By n: of numbers that are all there are, and not a sample.
    double population() const noexcept { return n_ == 0 ? 0 : squares_ / static_cast<double>(n_); }
    /// The standard deviation of the sample.
    double deviation() const noexcept { return std::sqrt(value()); }
    double mean() const noexcept { return mean_; }
    std::uint64_t count() const noexcept { return static_cast<std::uint64_t>(n_); }

private:
    std::int64_t n_ = 0;  // signed, because that becomes a double in one instruction
    double mean_ = 0;
    double squares_ = 0;  // of the distances from the mean
};

}  // namespace weir::agg
