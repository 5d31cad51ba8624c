/// retry: calls an async function again when it fails.
#pragma once

#include <weir/runtime/async_function.hpp>
#include <weir/runtime/backoff.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/detail/op_driver.hpp>
#include <weir/runtime/saturating.hpp>

#include <exception>
#include <functional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace weir {

/// How often, how soon and after which failures a call is tried again.
struct retry_policy {
    backoff_policy waits = {};
    unsigned max_attempts = 5;  ///< The maximum number of attempts, the first one included.
    /// Whether to try again after this failure. If it is empty, every failure is retried.
    std::function<bool(const std::exception_ptr&)> worth = {};
};

namespace detail {

/// The operation with which `op_driver` waits for a time.
struct sleep_op {
    explicit sleep_op(clock::time_point t) : until(t) {}
    bool poll(poll_context& cx) { return bell.reached(cx, until); }
    void result() const noexcept {}

    clock::time_point until;
    alarm bell;
};

/// Waits on the clock of the coroutine's executor. Cancellation: any type that the coroutine
/// accepts.
inline asio::awaitable<void> sleep_for(clock::duration wait) {
    const auto executor = co_await asio::this_coro::executor;
    op_driver driver;
    sleep_op op(deadline_after(clock_of(executor).now(), wait));
    co_await driver.start(std::move(op));
}

template <class F>
class retrying {
public:
    retrying(retry_policy policy, F f)
        : policy_(std::move(policy)), waits_(policy_.waits, "retry"), f_(std::move(f)) {
        if (policy_.max_attempts < 1) {
            throw std::invalid_argument("weir::retry: there must be at least 1 attempt");
        }
    }

    template <class T>
        requires async_function<F, const T&>
    asio::awaitable<async_result_t<F, const T&>> operator()(T item) {
        for (unsigned attempt = 1;; ++attempt) {
            std::exception_ptr failure;
            try {
                co_return co_await call_async(f_, std::as_const(item));
            } catch (...) {
                failure = std::current_exception();
            }
            const auto state = co_await asio::this_coro::cancellation_state;
            const bool cancelled = state.cancelled() != asio::cancellation_type::none;
            if (cancelled || attempt == policy_.max_attempts || !worth_another(failure)) {
                std::rethrow_exception(std::move(failure));
            }
            co_await sleep_for(waits_.after(attempt));
        }
    }

private:
    bool worth_another(const std::exception_ptr& failure) const {
        return !policy_.worth || policy_.worth(failure);
    }

    retry_policy policy_;
    backoff waits_;
    F f_;
};

}  // namespace detail

/// Returns a function that calls `f` again with the same item when it fails: for `async_map` and
/// similar operators.
///
///     urls | weir::async_map(16, weir::retry({.max_attempts = 3}, fetch))
///     weir::retry({.waits = {.first = 50ms, .jitter = 0.5}, .worth = is_transient}, send)
///
/// `f` is an async function (see `async_map`). It takes its item by value, and then gets a copy in
/// each attempt; or by const reference, for items that cannot or should not be copied. An item
/// counts among the `n` while it waits. Waits are on the executor's clock. The result is that of
/// the first attempt that succeeds.
/// Errors: the exception of the last attempt. `std::invalid_argument` for an invalid policy.
/// Cancellation: ends the attempt or the wait, and there is no further attempt.
/// Not thread-safe: call it on one strand. It must live as long as its calls; an operator that
/// holds it ensures that.
template <class F>
auto retry(retry_policy policy, F f) {
    return detail::retrying<F>(std::move(policy), std::move(f));
}

}  // namespace weir
