/// async_map: each item through an async function, several items at a time.
#pragma once

#include <weir/core/order.hpp>
#include <weir/core/pipe.hpp>
#include <weir/runtime/detail/operations.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class F, order Order>
class async_map_stream : public pullable<async_map_stream<S, F, Order>> {
    using calls = operations<F, item_t<S>>;
    using pool = typename calls::pool;
    using slot = typename calls::slot;

public:
    using value_type = typename calls::value_type;

    async_map_stream(S upstream, calls c) : upstream_(std::move(upstream)), calls_(std::move(c)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        auto put = [&](pool& all, item_t<S>&& x) {
            slot& p = all.put(std::move(x));
            if constexpr (Order == order::as_given) queue_.push(p);
            all.start(p);
        };
        auto hand_on = [&](pool& all) -> bool {
            all.collect([&](slot& p) {
                if constexpr (Order == order::as_completed) queue_.push(p);
            });
            while (!queue_.empty() && queue_.front().completed) {
                if (!sink(all.take(queue_.pop()))) return false;
            }
            return true;
        };
        return calls_.poll(cx, upstream_, put, hand_on);
    }

private:
    S upstream_;
    calls calls_;
    slot_queue<slot> queue_;
};

/// The common implementation of `async_map` and `async_map_unordered`.
template <order Order, class F>
auto async_map_in(std::size_t n, F f, const char* kind, std::string_view name) {
    check_operation_limit(n, kind);
    return pipe([n, f = std::move(f), kind, name](auto upstream) mutable {
        using S = decltype(upstream);
        check_owned_items<S>();
        check_async_function<F, item_t<S>>();
        static_assert(!std::is_void_v<async_result_t<F, item_t<S>>>,
                      "weir::async_map: the function yields nothing; use "
                      "weir::for_each_concurrent");
        operations<F, item_t<S>> calls(n, std::move(f), stage(kind, name));
        return async_map_stream<S, F, Order>(std::move(upstream), std::move(calls));
    });
}

}  // namespace detail

/// Awaits `f(item)` for each item, and passes on the results in the order of the items. At most `n`
/// items are taken from upstream and not yet passed on.
///
///     urls | weir::async_map(16, fetch)      // asio::awaitable<page> fetch(url u)
///     ids  | weir::async_map(4, [&](int id, auto token) { return db.async_get(id, token); })
///
/// `f` is a coroutine, or a function that starts an Asio operation with the given completion token.
/// (If a completion's first argument is an error code, the error is thrown, as in any coroutine.)
/// `f` is called on the segment's strand, and its coroutine runs there, so it must not block.
/// Operations go on while the consumer is busy or waits. Upstream is asked only when there is room.
/// A lambda's captures live as long as the operations. If `f` changes its coroutine's cancellation
/// state, the change stays for later items.
///
/// End: when upstream has ended and all results were passed on.
/// Errors: `std::invalid_argument` if `n` is 0. An exception of `f` becomes a `stage_error` naming
/// "async_map" and `name`, in the position of the result. A failure of upstream passes at once.
/// Either one cancels the operations under way.
/// Cancellation: the operations are cancelled through their cancellation slots (terminal), also
/// when the stream is dropped. The pipeline completes when the last operation has ended.
/// Cost: the frames of `f`'s own coroutines; no other allocation per item (docs/benchmarks.md).
template <class F>
auto async_map(std::size_t n, F f, std::string_view name = {}) {
    return detail::async_map_in<order::as_given>(n, std::move(f), "async_map", name);
}

/// The same, but results are passed on as they come, so a slow operation delays only its own
/// result.
///
///     hosts | weir::async_map_unordered(100, probe) | weir::take(3)   // the three fastest
template <class F>
auto async_map_unordered(std::size_t n, F f, std::string_view name = {}) {
    return detail::async_map_in<order::as_completed>(n, std::move(f), "async_map_unordered", name);
}

}  // namespace weir
