/// par_reduce: one value of a range in memory, on several threads, and the same each time.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/detail/chunked_job.hpp>
#include <weir/runtime/par_for_each.hpp>
#include <weir/runtime/parallel_executor.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class Iterator, class T, class Reduce, class Map>
struct reduce_in_chunks {
    auto worker() {
        return [this, add = reduce, change = map](std::size_t chunk) {
            using difference = std::iter_difference_t<Iterator>;
            parts[chunk].emplace(fold(begin + static_cast<difference>(cut.first(chunk)),
                                      cut.last(chunk) - cut.first(chunk), add, change));
        };
    }

    /// In the order of the chunks.
    T result() {
        T all = std::move(init);
        for (std::optional<T>& part : parts) all = reduce(std::move(all), std::move(*part));
        return all;
    }

    /// `n` is at least 1.
    static T fold(Iterator it, std::size_t n, const Reduce& reduce, const Map& map) {
        if constexpr (std::is_arithmetic_v<T>) {
            if (n >= lanes) return fold_in_lanes(it, n, reduce, map);
        }
        T sum(map(*it));
        for (++it; --n != 0; ++it) sum = reduce(std::move(sum), map(*it));
        return sum;
    }

    // A sum of floats cannot be vectorised by the compiler: it must keep their order. So the order
    // is said to be this one: as many sums at a time as a few vector registers hold, each of every
    // so many-th item.
    static T fold_in_lanes(Iterator it, std::size_t n, const Reduce& reduce, const Map& map) {
        std::array<T, lanes> sums;
        for (std::size_t i = 0; i != lanes; ++i) sums[i] = at(it, i, map);
        std::size_t next = lanes;
        for (; n - next >= lanes; next += lanes) {
            for (std::size_t i = 0; i != lanes; ++i) {
                sums[i] = reduce(sums[i], at(it, next + i, map));
            }
        }
        for (std::size_t i = 0; next != n; ++i, ++next) {
            sums[i] = reduce(sums[i], at(it, next, map));
        }
        for (std::size_t width = lanes / 2; width != 0; width /= 2) {
            for (std::size_t i = 0; i != width; ++i) sums[i] = reduce(sums[i], sums[i + width]);
        }
        return sums[0];
    }
    static T at(Iterator it, std::size_t i, const Map& map) {
        return static_cast<T>(map(it[static_cast<std::iter_difference_t<Iterator>>(i)]));
    }

    static constexpr std::size_t lanes = 16;

    Iterator begin;
    chunking cut;
    T init;
    Reduce reduce;
    Map map;
    std::vector<std::optional<T>> parts;  // of each chunk
};

}  // namespace detail

/// Reduces `map(item)` of all items of `range` and `init` to one value, on the tasks of `where`.
///
///     const double sum = co_await weir::par_reduce(rt, samples, 0.0, std::plus<>{});
///     co_await weir::par_reduce(rt, words, std::size_t{0}, std::plus<>{}, &std::string::size)
///
/// Called as `par_for_each` is; signature `void(std::exception_ptr, T)`, `T` being the type of
/// `init`, which an item's value must convert to. (`0.0f` sums floats as floats.)
/// `reduce` must be associative; and commutative where `T` is an arithmetic type: then each chunk
/// is taken as 16 sums of every 16th item, which the compiler can keep in vector registers. (A sum
/// of floats it may not reorder by itself.)
/// The result is always the same, also for floats: the range is cut by its length alone, and the
/// results of chunks are reduced in their order, whichever was finished first. It is `init` for no
/// items. Errors, cancellation, threads, cost: as `par_for_each`; and an allocation for the results
/// of chunks.
template <detail::chunkable_range Range, class T, std::copy_constructible Reduce,
          std::copy_constructible Map = std::identity, class Token = const asio::use_awaitable_t<>&>
    requires std::invocable<const Map&, std::ranges::range_reference_t<Range>>
auto par_reduce(parallel_executor where, Range&& range, T init, Reduce reduce, Map map = {},
                Token&& token = asio::use_awaitable) {
    using value = std::ranges::range_value_t<Range>;
    auto invoke = [map = std::move(map)](auto&& x) -> decltype(auto) {
        return std::invoke(map, std::forward<decltype(x)>(x));
    };
    using work =
        detail::reduce_in_chunks<std::ranges::iterator_t<Range>, T, Reduce, decltype(invoke)>;
    const detail::chunking cut(static_cast<std::size_t>(std::ranges::size(range)), sizeof(value));
    work parts{std::ranges::begin(range), cut, std::move(init), std::move(reduce),
               std::move(invoke),         {}};
    parts.parts.resize(cut.count());
    return detail::async_in_chunks<T>(std::move(where), std::move(parts),
                                      std::forward<Token>(token));
}

}  // namespace weir
