/// agg::count: the number of items.
#pragma once

#include <cstdint>

namespace weir::agg {

/// The number of items, of any type. Exact; can be merged and undone.
class count {
public:
    template <class T>
    void add(const T&) noexcept {
        ++n_;
    }
    template <class T>
    void remove(const T&) noexcept {
        --n_;
    }
    void merge(const count& other) noexcept { n_ += other.n_; }
    std::uint64_t value() const noexcept { return n_; }

private:
    std::uint64_t n_ = 0;
};

}  // namespace weir::agg
