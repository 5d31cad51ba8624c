/// Counts in numbered buckets, with a bound on the number of buckets.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

namespace weir::agg::detail {

/// Counts by bucket. Only buckets that are not empty are kept, so a bucket far from all others
/// costs no more than any other. If there are more than `most`, the lowest buckets share one count.
/// They are separate again once that shared count is back at 0. For `quantile_sketch`.
class bucket_counts {
public:
    using index = std::int64_t;

    explicit bucket_counts(std::size_t most) : most_(most) {}

    /// Adds `n` to bucket `i`, modulo 2^64, so that an addition can be undone.
    void add(index i, std::uint64_t n) {
        total_ += n;
        if (is_low(i)) {
            low_ += n;
            return;
        }
        page& p = page_at(i >> page_bits);
        std::uint64_t& count = p.counts[static_cast<std::size_t>(i & (page_size - 1))];
        if (count == 0) ++used_;
        count += n;
        p.total += n;
        if (count != 0) {
            if (used_ >= most_) [[unlikely]] {
                limit();
            }
            return;
        }
        --used_;
        if (p.total == 0) erase(i >> page_bits);
    }
    void merge(const bucket_counts& other) {
        // The other's lowest buckets first: because they share one count there, they must share one
        // here.
        if (other.low_ != 0) {
            lower_than(other.floor_);
            low_ += other.low_;
            total_ += other.low_;
        }
        for (const auto& [number, p] : other.pages_) {
            for (std::size_t k = 0; k != p.counts.size(); ++k) {
                const index i = number * page_size + static_cast<index>(k);
                if (p.counts[k] != 0) add(i, p.counts[k]);
            }
        }
    }

    std::uint64_t total() const noexcept { return total_; }
    /// The bucket that holds the item with `rank` items below it. Precondition: `rank < total()`.
    index bucket_at(std::uint64_t rank) const noexcept {
        if (rank < low_) return floor_ - 1;
        rank -= low_;
        for (const auto& [number, p] : pages_) {
            if (rank >= p.total) {
                rank -= p.total;
                continue;
            }
            index i = number * page_size;
            for (const std::uint64_t count : p.counts) {
                if (rank < count) break;
                rank -= count;
                ++i;
            }
            return i;
        }
        return floor_;  // not reached
    }

private:
    static constexpr int page_bits = 4;
    static constexpr index page_size = index{1} << page_bits;
    /// Neighbouring buckets. At least one of them is not empty.
    struct page {
        std::uint64_t total = 0;
        std::array<std::uint64_t, page_size> counts{};
    };

    /// The pages found lately. A page does not move while it is in the map. A copy of the cache is
    /// empty, because the copied map has other pages.
    class page_cache {
    public:
        page_cache() = default;
        page_cache(const page_cache&) noexcept {}
        page_cache(page_cache&& other) noexcept { other.clear(); }
        page_cache& operator=(const page_cache& other) noexcept {
            if (this != &other) clear();
            return *this;
        }
        page_cache& operator=(page_cache&& other) noexcept {
            clear();
            other.clear();
            return *this;
        }
        ~page_cache() = default;

        struct place {
            index number = 0;
            page* at = nullptr;
        };
        place& operator[](index number) noexcept {
            return places_[static_cast<std::size_t>(number) % places_.size()];
        }

    private:
        void clear() noexcept { places_.fill(place()); }

        std::array<place, 16> places_{};
    };

    page& page_at(index number) {
        auto& known = lately_[number];
        if (!known.at || known.number != number) {
            known = {number, &pages_.try_emplace(number).first->second};
        }
        return *known.at;
    }
    void erase(index number) {
        auto& known = lately_[number];
        if (known.number == number) known.at = nullptr;
        pages_.erase(number);
    }
    bool is_low(index i) const noexcept { return low_ != 0 && i < floor_; }

    void limit() {
        while (used_ + (low_ != 0 ? 1 : 0) > most_) drop_lowest();
    }
    /// Moves the count of the lowest bucket into the shared count.
    void drop_lowest() {
        const auto at = pages_.begin();
        page& p = at->second;
        const auto first = std::find_if(p.counts.begin(), p.counts.end(),
                                        [](std::uint64_t count) { return count != 0; });
        floor_ = at->first * page_size + (first - p.counts.begin()) + 1;
        low_ += *first;
        p.total -= *first;
        *first = 0;
        --used_;
        if (p.total == 0) erase(at->first);
    }
    /// All buckets below `floor` share one count from now on.
    void lower_than(index floor) {
        while (!pages_.empty() && lowest() < floor) drop_lowest();
        floor_ = low_ == 0 ? floor : std::max(floor, floor_);
    }
    index lowest() const noexcept {
        const auto& [number, p] = *pages_.begin();
        index i = number * page_size;
        for (const std::uint64_t count : p.counts) {
            if (count != 0) break;
            ++i;
        }
        return i;
    }

    std::size_t most_;
    std::size_t used_ = 0;  // the number of buckets in use
    std::uint64_t total_ = 0;
    std::uint64_t low_ = 0;  // the shared count of all buckets below `floor_`
    index floor_ = 0;
    std::map<index, page> pages_;
    page_cache lately_;
};

}  // namespace weir::agg::detail
