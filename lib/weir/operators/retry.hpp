/// retry: an async function that is called again when it fails.
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

/// How often, how soon and after what a call is tried again.
struct retry_policy {
    backoff_policy waits = {};
    unsigned max_attempts = 5;  ///< Attempts, the first one included.
    /// Whether a failure is worth another attempt; all are where there is none.
    std::function<bool(const std::exception_ptr&)> worth = {};
};

namespace detail {

/// What `op_driver` asks to wait for a time.
struct sleep_op {
    explicit sleep_op(clock::time_point t) : until(t) {}
    bool poll(poll_context& cx) { return bell.reached(cx, until); }
    void result() const noexcept {}

    clock::time_point until;
    alarm bell;
};

/// Waits on the clock of the coroutine's executor. Cancellation: any type the coroutine lets in.
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

/// `f`, called again with the same item when it fails: for `async_map` and its kin.
///
///     urls | weir::async_map(16, weir::retry({.max_attempts = 3}, fetch))
///     weir::retry({.waits = {.first = 50ms, .jitter = 0.5}, .worth = is_transient}, send)
///
/// `f` is an async function (see `async_map`) that takes its item by value, and is then given a
/// copy in each attempt, or by const reference, for items that cannot or should not be copied. An
/// item keeps its place among the `n` while it waits. Waits are on the executor's clock. What comes
/// out: what the first attempt that succeeds yields. Errors: what the last attempt threw.
/// `std::invalid_argument` for a policy that makes no sense. Cancellation: ends the attempt or the
/// wait, and there is no further attempt. Not thread-safe: to be called on one strand, and to live
/// as long as its calls (an operator it was given to sees to that).
template <class F>
auto retry(retry_policy policy, F f) {
    return detail::retrying<F>(std::move(policy), std::move(f));
}

}  // namespace weir
