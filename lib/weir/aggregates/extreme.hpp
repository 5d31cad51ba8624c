/// agg::min and agg::max.
#pragma once

#include <weir/aggregates/aggregate.hpp>

#include <concepts>
#include <functional>
#include <optional>

namespace weir::agg {

/// The item that comes before all others by `Before`; of equal ones the first. `T` must be
/// copyable. A NaN gives way to any number (aggregate.hpp). Asked for its value before anything was
/// added it throws `std::bad_optional_access`. Can be merged.
template <class T, class Before>
class extreme {
public:
    void add(const T& x) {
        if constexpr (std::floating_point<T>) {
            if (best_ && Before()(*best_, x)) return;  // mostly, and neither is a NaN
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
