/// par_for_each: a function on each item of a range in memory, on several threads.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/detail/chunked_job.hpp>
#include <weir/runtime/parallel_executor.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <utility>

namespace weir {

namespace detail {

/// A range whose items can be had in any order, and that need not be kept itself: an lvalue, or a
/// view.
template <class R>
concept chunkable_range = std::ranges::random_access_range<R> && std::ranges::sized_range<R> &&
                          std::ranges::borrowed_range<R>;

template <class Iterator, class F>
struct each_in_chunks {
    auto worker() const {
        return [this, call = f](std::size_t chunk) {
            using difference = std::iter_difference_t<Iterator>;
            auto it = begin + static_cast<difference>(cut.first(chunk));
            const auto last = begin + static_cast<difference>(cut.last(chunk));
            for (; it != last; ++it) call(*it);
        };
    }
    void result() const noexcept {}

    Iterator begin;
    chunking cut;
    F f;
};

}  // namespace detail

/// Calls `f` on each item of `range`, on the tasks of `where`.
///
///     auto shift = [mean](float& x) { x -= mean; };
///     co_await weir::par_for_each(rt, samples, shift);
///
/// Called with a random access range that is an lvalue or a view, and lives until the operation
/// completes; and with any completion token, signature `void(std::exception_ptr)`; without one it
/// is an `asio::awaitable<void>`.
/// Tasks claim chunks (a thousandth of the range, at most 128 KiB) until there are none left, so
/// it does not matter whether items take equally long. In no order. `f` is called from several
/// threads at once, each on a copy of it, as const.
/// A loop over a chunk is a plain loop: with -O3 it is vectorised where one by hand would be.
/// Errors: the first exception of `f`, as it is; the chunks at hand are finished, and no others.
/// Cancellation: any type; ends with `operation_aborted`, after the chunks at hand. What was done
/// to items is not undone.
/// Memory: 4 KiB pages belong to the memory of the processor that first writes to them. Where that
/// matters (several sockets), fill what is to be worked on with par_for_each, too.
/// Cost: an allocation or two and a post a task; then some tens of nanoseconds a claim.
template <detail::chunkable_range Range, std::copy_constructible F,
          class Token = const asio::use_awaitable_t<>&>
    requires std::invocable<const F&, std::ranges::range_reference_t<Range>>
auto par_for_each(parallel_executor where, Range&& range, F f,
                  Token&& token = asio::use_awaitable) {
    check_not_async<const F, std::ranges::range_reference_t<Range>>();
    using value = std::ranges::range_value_t<Range>;
    using work = detail::each_in_chunks<std::ranges::iterator_t<Range>, F>;
    const detail::chunking cut(static_cast<std::size_t>(std::ranges::size(range)), sizeof(value));
    work parts{std::ranges::begin(range), cut, std::move(f)};
    return detail::async_in_chunks<void>(std::move(where), std::move(parts),
                                         std::forward<Token>(token));
}

}  // namespace weir
