/// agg::quantile: quantiles of numbers, in little memory, with a known error.
#pragma once

#include <weir/aggregates/aggregate.hpp>
#include <weir/aggregates/detail/bucket_counts.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace weir::agg {

/// DDSketch: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch
/// with Relative-Error Guarantees", PVLDB 12(12), 2019.
///
/// Numbers are counted in buckets whose bounds grow by a factor. So each number is known to within
/// `accuracy` of its size: by default, a quantile of 100 ms comes out between 99 and 101 ms.
///
///     weir::agg::quantile_sketch latencies;
///     for (double ms : all) latencies.add(ms);
///     latencies.quantile(0.99);
///
/// Memory depends on the numbers: some 200 bytes for each group of 16 neighbouring buckets of which
/// one is in use. At most `most_buckets` are in use for each sign. Beyond that, the numbers closest
/// to 0 share a bucket and lose their accuracy until all of them are taken out. By default, 17
/// orders of magnitude can be filled without a gap, at any accuracy: 2,048 buckets at 1 %, ten
/// times as many for ten times the accuracy. Below an accuracy of 1e-9, the numbers are kept as
/// they are. NaN is left out (aggregate.hpp). Numbers below 2.2e-308 are as precise as doubles are
/// there.
///
/// Errors: `std::invalid_argument` unless 0 < accuracy < 1 and there is at least one bucket, and if
/// sketches of different accuracy are merged. Not thread-safe. Cost: a logarithm and a look-up per
/// item.
class quantile_sketch {
public:
    explicit quantile_sketch(double accuracy = 0.01)
        : quantile_sketch(accuracy, enough_for(accuracy)) {}
    quantile_sketch(double accuracy, std::size_t most_buckets)
        : accuracy_(accuracy), positive_(most_buckets), negative_(most_buckets) {
        if (!(accuracy > 0 && accuracy < 1)) {
            throw std::invalid_argument(
                "weir::agg::quantile: the accuracy must be above 0, below 1");
        }
        if (most_buckets == 0) {
            throw std::invalid_argument("weir::agg::quantile: there must be at least 1 bucket");
        }
        if (accuracy >= finest) log_factor_ = std::log1p(2 * inside() / (1 - inside()));
    }

    void add(double x) { change(x, 1); }
    /// Adds `x` `times` times, at the cost of one addition.
    void add(double x, std::uint64_t times) { change(x, times); }
    /// Takes out a number that was added.
    void remove(double x) { change(x, std::uint64_t(-1)); }
    void merge(const quantile_sketch& other) {
        if (accuracy_ != other.accuracy_) {
            throw std::invalid_argument("weir::agg::quantile: the accuracies differ");
        }
        positive_.merge(other.positive_);
        negative_.merge(other.negative_);
        below_ += other.below_;
        above_ += other.above_;
        n_ += other.n_;
    }

    /// The number below which the fraction `q` of all numbers lies: 0 is the smallest, 0.5 the
    /// median, 1 the largest. 0 if there are no numbers. Cost: one step for each group of 16
    /// buckets.
    double quantile(double q) const {
        if (n_ == 0) return 0;
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const double exact = std::clamp(q, 0.0, 1.0) * static_cast<double>(n_ - 1);
        const bool last = exact >= static_cast<double>(n_ - 1);
        std::uint64_t rank = last ? n_ - 1 : static_cast<std::uint64_t>(exact);
        if (rank < below_) return -infinity;
        rank -= below_;
        const std::uint64_t negative = negative_.total();
        if (rank < negative) return -middle_of(negative_.bucket_at(negative - 1 - rank));
        rank -= negative;
        const std::uint64_t zeros = n_ - below_ - negative - positive_.total() - above_;
        if (rank < zeros) return 0;
        rank -= zeros;
        return rank < positive_.total() ? middle_of(positive_.bucket_at(rank)) : infinity;
    }
    std::uint64_t count() const noexcept { return n_; }

private:
    static constexpr double finest = 1e-9;  // the finest accuracy that logarithms allow

    static std::size_t enough_for(double accuracy) noexcept {
        constexpr double usual = 0.01;
        constexpr std::size_t enough = 2048;
        if (accuracy > 0 && accuracy < finest) return std::numeric_limits<std::size_t>::max();
        if (!(accuracy >= finest && accuracy < usual)) return enough;
        return static_cast<std::size_t>(static_cast<double>(enough) * (usual / accuracy)) + 1;
    }
    /// A little finer than the requested accuracy, because logarithms are rounded.
    double inside() const noexcept { return accuracy_ * (1 - 0x1p-10); }

    /// Adds `by` to the count of `x`, modulo 2^64, so that -1 takes it out.
    void change(double x, std::uint64_t by) {
        if (std::isnan(x)) return;
        n_ += by;
        if (std::isinf(x)) {
            (x < 0 ? below_ : above_) += by;
        } else if (x != 0) {
            (x < 0 ? negative_ : positive_).add(bucket_of(std::abs(x)), by);
        }
    }
    detail::bucket_counts::index bucket_of(double x) const noexcept {
        if (log_factor_ == 0) return std::bit_cast<detail::bucket_counts::index>(x);
        return static_cast<detail::bucket_counts::index>(std::ceil(std::log(x) / log_factor_));
    }
    /// A number within `accuracy` of all numbers in the bucket.
    double middle_of(detail::bucket_counts::index i) const noexcept {
        if (log_factor_ == 0) return std::bit_cast<double>(i);
        const double log = static_cast<double>(i) * log_factor_ + std::log1p(-inside());
        return std::min(std::exp(log), std::numeric_limits<double>::max());
    }

    double accuracy_;
    double log_factor_ = 0;  // 0: each number is its own bucket, by its bits
    detail::bucket_counts positive_;
    detail::bucket_counts negative_;  // by their absolute values
    std::uint64_t below_ = 0;         // how often -infinity came
    std::uint64_t above_ = 0;
    std::uint64_t n_ = 0;  // all numbers, zeros too
};

/// One quantile of a sketch, as an aggregate: `quantile(0.99)`, or `quantile(0.99, 0.001)` for an
/// accuracy of 0.1 %. Can be merged and undone.
/// Errors: as `quantile_sketch`; `std::invalid_argument` unless 0 <= q <= 1.
class quantile {
public:
    explicit quantile(double q, double accuracy = 0.01) : q_(q), sketch_(accuracy) {
        if (!(q >= 0 && q <= 1)) {
            throw std::invalid_argument("weir::agg::quantile: q must be from 0 to 1");
        }
    }

    template <number T>
    void add(T x) {
        sketch_.add(static_cast<double>(x));
    }
    template <number T>
    void remove(T x) {
        sketch_.remove(static_cast<double>(x));
    }
    void merge(const quantile& other) { sketch_.merge(other.sketch_); }
    double value() const { return sketch_.quantile(q_); }

private:
    double q_;
    quantile_sketch sketch_;
};

}  // namespace weir::agg
