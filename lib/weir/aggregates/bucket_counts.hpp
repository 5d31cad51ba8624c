/// Counts in numbered buckets, of which only so many are kept.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::agg {

/// Buckets from the lowest to the highest index in use, at most `most` of them: beyond that the
/// lowest ones become one. For `quantile_sketch`.
class bucket_counts {
public:
    using index = std::int64_t;

    explicit bucket_counts(std::size_t most) : most_(most) {}

    /// Counts `i` so many times more; modulo 2^64, so that what was added can be taken out.
    void add(index i, std::uint64_t n) {
        counts_[place(i)] += n;
        total_ += n;
    }
    void merge(const bucket_counts& other) {
        // The highest first: then nothing is counted into a bucket that is dropped later.
        for (std::size_t k = other.counts_.size(); k-- != 0;) {
            if (other.counts_[k] != 0) add(other.lowest_ + static_cast<index>(k), other.counts_[k]);
        }
    }

    std::uint64_t total() const noexcept { return total_; }
    std::size_t size() const noexcept { return counts_.size(); }
    /// The k-th bucket's number and count, from the lowest on.
    index bucket(std::size_t k) const noexcept { return lowest_ + static_cast<index>(k); }
    std::uint64_t count(std::size_t k) const noexcept { return counts_[k]; }

private:
    /// Where bucket `i` is kept, after making room for it.
    std::size_t place(index i) {
        if (counts_.empty()) {
            lowest_ = i;
            counts_.push_back(0);
        }
        const index highest = lowest_ + static_cast<index>(counts_.size()) - 1;
        if (i > highest) grow_up(i);
        if (i < lowest_) grow_down(std::max(i, highest - static_cast<index>(most_) + 1));
        return static_cast<std::size_t>(std::max(i, lowest_) - lowest_);
    }

    void grow_down(index i) {
        if (i >= lowest_) return;
        counts_.insert(counts_.begin(), static_cast<std::size_t>(lowest_ - i), 0);
        lowest_ = i;
    }

    void grow_up(index i) {
        const index lowest = std::max(lowest_, i - static_cast<index>(most_) + 1);
        const auto dropped = std::min(static_cast<std::size_t>(lowest - lowest_), counts_.size());
        std::uint64_t low = 0;
        for (std::size_t k = 0; k != dropped; ++k) low += counts_[k];
        counts_.erase(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(dropped));
        lowest_ = lowest;
        counts_.resize(static_cast<std::size_t>(i - lowest + 1));
        counts_.front() += low;
    }

    std::size_t most_;
    std::uint64_t total_ = 0;
    index lowest_ = 0;
    std::vector<std::uint64_t> counts_;
};

}  // namespace weir::agg
