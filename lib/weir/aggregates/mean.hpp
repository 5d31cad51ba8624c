/// agg::mean: the average.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <cstdint>

namespace weir::agg {

/// The arithmetic mean of numbers, as a double; 0 of none. Moves towards each item by its share, so
/// that no large sum comes about. Can be merged.
class mean {
public:
    template <number T>
    void add(T x) noexcept {
        ++n_;
        mean_ += (static_cast<double>(x) - mean_) / static_cast<double>(n_);
    }
    void merge(const mean& other) noexcept {
        if (other.n_ == 0) return;
        n_ += other.n_;
        mean_ += (other.mean_ - mean_) * (static_cast<double>(other.n_) / static_cast<double>(n_));
    }
    double value() const noexcept { return mean_; }
    std::uint64_t count() const noexcept { return static_cast<std::uint64_t>(n_); }

private:
    std::int64_t n_ = 0;  // signed, because that becomes a double in one instruction
    double mean_ = 0;
};

}  // namespace weir::agg
