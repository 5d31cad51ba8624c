/// for_each_concurrent: awaits a coroutine for each item, several at a time.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/detail/operations.hpp>
#include <weir/runtime/terminal.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace weir {

namespace detail {

template <class T, class F>
class for_each_concurrent_terminal {
    using calls = operations<F, T>;
    using pool = typename calls::pool;
    using slot = typename calls::slot;

public:
    explicit for_each_concurrent_terminal(calls c) : calls_(std::move(c)) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        auto put = [](pool& all, T&& x) { all.start(all.put(std::move(x))); };
        auto let_go = [](pool& all) -> bool {
            all.collect([&all](slot& p) { all.take(p); });
            return true;
        };
        return calls_.poll(cx, stream, put, let_go);
    }
    void result() {}

private:
    calls calls_;
};

}  // namespace detail

/// Runs the pipeline and awaits `f(item)` for each item, with at most `n` operations at a time.
///
///     co_await (messages | weir::for_each_concurrent(8, deliver));   // asio::awaitable<void>
///
/// `f` is an async function as for `async_map`: a coroutine, or a function that takes an item and a
/// completion token. It runs on the segment's strand and must not block. Operations start in the
/// order of the items and end in any order.
/// Yields nothing (the results of `f` are dropped), after the last operation has ended.
/// Errors: `std::invalid_argument` if `n` is 0; `stage_error` naming "for_each_concurrent" and
/// `name` for the first operation that fails. The other operations are then cancelled, and the
/// terminal waits for them.
/// Cancellation: all operations are cancelled (terminal), and the terminal waits for them.
template <class F>
auto for_each_concurrent(std::size_t n, F f, std::string_view name = {}) {
    detail::check_operation_limit(n, "for_each_concurrent");
    return terminal_closure([n, f = std::move(f), name]<class S>(const S&) mutable {
        check_owned_items<S>();
        detail::check_async_function<F, item_t<S>>();
        detail::operations<F, item_t<S>> calls(n, std::move(f), stage("for_each_concurrent", name));
        return detail::for_each_concurrent_terminal<item_t<S>, F>(std::move(calls));
    });
}

}  // namespace weir
