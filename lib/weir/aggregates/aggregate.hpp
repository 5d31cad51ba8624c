/// What an aggregate is: a small value that items are added to, one at a time, and that says at any
/// moment what has come of them.
///
/// `running`, `tumbling` and `sliding` take one, empty, as an example, and copy it. One of your own
/// needs `add` and `value`; for `sliding` also one of `remove` and `merge`:
///
///     struct largest_gap {
///         void add(double x);
///         double value() const;                 // only asked when something was added
///         void merge(const largest_gap& other); // as if other's items had been added here
///     };
///
/// `remove(x)` takes an item out again that was added, and must be exact: where numbers are
/// rounded, what was added cannot be taken out (after 1e20 came and went a sum of doubles has
/// forgotten the rest), and `merge` is the way. What is merged in came after what was added here.
///
/// What is not finite, for all aggregates of numbers alike:
/// - NaN is no number, and is left out: what comes out, `mean::count()` too, is as if that item had
///   not come. `min` and `max` say NaN where nothing else came; `count` counts items, and so NaN.
/// - An infinity is a number: `min`, `max` and `quantile` order it, `sum`, `mean` and `ewma` are
///   infinite with it, and NaN once both infinities came. The variance with one is NaN. In a
///   sliding window that is over when the item has left.
/// - A finite result comes out also where what leads to it is beyond the largest double; a result
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

/// One that items can be taken out of.
template <class A, class T>
concept invertible_aggregate = aggregate<A, T> && requires(A& a, const T& x) { a.remove(x); };

/// One that can be added to another.
template <class A, class T>
concept mergeable_aggregate = aggregate<A, T> && requires(A& a, const A& other) { a.merge(other); };

/// What an aggregate says.
template <class A>
using aggregate_value = std::remove_cvref_t<decltype(std::declval<const A&>().value())>;

/// Aggregates to choose from.
namespace agg {

/// What the aggregates that reckon in doubles can be given.
template <class T>
concept number = std::is_arithmetic_v<T>;

namespace detail {

template <class T>
bool is_nan(const T& x) noexcept {
    if constexpr (std::floating_point<T>) return std::isnan(x);
    return false;
}

/// The mean of two numbers of which the second has the weight `share`, from 0 to 1, without a
/// difference of the two, which may be too large. For where the quicker way has come to nothing.
inline double blend(double a, double b, double share) noexcept {
    return share == 1 ? b : a * (1 - share) + b * share;
}

}  // namespace detail

}  // namespace agg

}  // namespace weir
