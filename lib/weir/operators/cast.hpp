/// cast: converts each item to another type.
#pragma once

#include <weir/operators/map.hpp>

#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

/// The function object that `cast` maps with.
template <class T>
struct cast_to {
    template <class U>
    T operator()(U&& x) const noexcept(std::is_nothrow_constructible_v<T, U>) {
        return static_cast<T>(std::forward<U>(x));
    }
};

}  // namespace detail

/// Passes on `static_cast<T>(item)` for each item, in order.
///
///     counts | weir::cast<double>()
///     names  | weir::cast<std::string>()   // from std::string_view
///
/// It converts as a `static_cast` does, so a number may be truncated. If a value may not fit, use
/// `try_map` with a function that checks it.
/// Errors: an exception of the conversion becomes a `stage_error` naming "cast".
/// Holds nothing: ends and is cancelled with its upstream. Cost: the conversion.
template <class T>
auto cast() {
    return pipe([](auto upstream) {
        using S = decltype(upstream);
        static_assert(
            requires(item_t<S>&& x) { static_cast<T>(std::move(x)); },
            "weir::cast: the stream's items cannot be converted to this type");
        return detail::map_stream<S, detail::cast_to<T>>(std::move(upstream), detail::cast_to<T>(),
                                                         stage("cast"));
    });
}

}  // namespace weir
