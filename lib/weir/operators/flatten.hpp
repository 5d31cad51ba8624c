/// flatten: the items of streams and ranges, one after the other.
#pragma once

#include <weir/operators/flat_map.hpp>

#include <functional>
#include <ranges>
#include <utility>

namespace weir {

/// Passes on all items of the first stream (or range) that comes, then those of the next.
///
///     batches | weir::flatten()   // single items again
///
/// Streams that are items must be assignable, as all items must; one with lambdas in it is not, and
/// goes as a `weir::any_stream`.
/// Order, errors, cancellation and what is held: as `flat_map`, without a function.
inline auto flatten() {
    return pipe([](auto upstream) {
        using S = decltype(upstream);
        static_assert(stream<item_t<S>> || std::ranges::input_range<item_t<S>>,
                      "weir::flatten: the items are neither streams nor ranges");
        return detail::flat_map_stream<S, std::identity>(std::move(upstream), {}, stage("flatten"));
    });
}

}  // namespace weir
