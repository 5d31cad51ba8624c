/// agg::min and agg::max.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <concepts>
#include <functional>
#include <optional>

namespace weir::agg {

/// The item that comes before all others by `Before`; of equal items the first. `T` must be
/// copyable. Any number replaces a NaN (aggregate.hpp). `value()` throws `std::bad_optional_access`
/// before an item was added. Can be merged.
template <class T, class Before>
class extreme {
public:
    void add(const T& x) {
        if constexpr (std::floating_point<T>) {
            if (best_ && Before()(*best_, x)) return;  // the usual case: neither is a NaN
        }
        if (!best_ || Before()(x, *best_) || detail::is_nan(*best_)) best_ = x;
    }
    void merge(const extreme& other) {
        if (other.best_) add(*other.best_);
    }
    const T& value() const { return best_.value(); }

private:
    std::optional<T> best_;
};

/// The smallest item.
template <class T = double>
using min = extreme<T, std::less<>>;

/// The largest item.
template <class T = double>
using max = extreme<T, std::greater<>>;

}  // namespace weir::agg
