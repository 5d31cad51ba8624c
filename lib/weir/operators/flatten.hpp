/// flatten: the items of a stream of streams or ranges, one after the other.
#pragma once

#include <weir/operators/flat_map.hpp>

#include <functional>
#include <ranges>
#include <utility>

namespace weir {

/// Passes on all items of the first stream (or range), then those of the next, and so on.
///
///     batches | weir::flatten()   // single items again
///
/// As all items, streams that are items must be assignable. A stream with lambdas in it is not
/// assignable; wrap it in a `weir::any_stream`. Order, errors, cancellation and held items: as
/// `flat_map`, without a function.
inline auto flatten() {
    return pipe([](auto upstream) {
        using S = decltype(upstream);
        static_assert(stream<item_t<S>> || std::ranges::input_range<item_t<S>>,
                      "weir::flatten: the items are neither streams nor ranges");
        return detail::flat_map_stream<S, std::identity>(std::move(upstream), {}, stage("flatten"));
    });
}

}  // namespace weir
