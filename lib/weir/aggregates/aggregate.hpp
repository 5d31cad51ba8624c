/// aggregate: a small value that takes in one item at a time, and gives a result at any moment.
///
/// `running`, `tumbling` and `sliding` take an empty aggregate as an example, and copy it. An
/// aggregate of your own needs `add` and `value`; for `sliding` also `remove` or `merge`:
///
///     struct largest_gap {
///         void add(double x);
///         double value() const;                 // only asked when something was added
///         void merge(const largest_gap& other); // as if other's items had been added here
///     };
///
/// `remove(x)` takes out an item that was added, and must be exact. Rounded numbers cannot be taken
/// out: after 1e20 was added and removed, a sum of doubles has lost the rest. For those, use
/// `merge`. The items merged in came after the items added here.
///
/// Numbers that are not finite, for all aggregates of numbers alike:
/// - NaN is left out: the result, also of `mean::count()`, is as if that item had not come. `min`
///   and `max` give NaN only if all items were NaN. `count` counts items, so it counts NaN too.
/// - An infinity is a number: `min`, `max` and `quantile` order it. `sum`, `mean` and `ewma` become
///   infinite with it, and NaN once both infinities came. The variance with an infinity is NaN. In
///   a sliding window, this ends when the item has left.
/// - A finite result is correct even if an intermediate value exceeds the largest double. A result
///   that itself exceeds it is infinite.
///   that is itself beyond it is infinite.
#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>
#include <utility>

namespace weir {

/// An aggregate of items of type `T`.
template <class A, class T>
concept aggregate = std::copyable<A> && requires(A& a, const A& so_far, const T& x) {
    a.add(x);
    so_far.value();
};

/// An aggregate that items can be taken out of.
template <class A, class T>
concept invertible_aggregate = aggregate<A, T> && requires(A& a, const T& x) { a.remove(x); };

/// An aggregate that can be merged into another.
template <class A, class T>
concept mergeable_aggregate = aggregate<A, T> && requires(A& a, const A& other) { a.merge(other); };

/// The type of an aggregate's result.
template <class A>
using aggregate_value = std::remove_cvref_t<decltype(std::declval<const A&>().value())>;

/// The aggregates that weir provides.
namespace agg {

/// The items of the aggregates that compute in doubles.
template <class T>
concept number = std::is_arithmetic_v<T>;

namespace detail {

template <class T>
bool is_nan(const T& x) noexcept {
    if constexpr (std::floating_point<T>) return std::isnan(x);
    return false;
}

/// The mean of two numbers, of which the second has the weight `share`, from 0 to 1. It avoids the
/// difference of the two, which may overflow. Used when the quicker way has failed.
inline double blend(double a, double b, double share) noexcept {
    return share == 1 ? b : a * (1 - share) + b * share;
}

}  // namespace detail

}  // namespace agg

}  // namespace weir
