/// circuit_breaker: stop asking what fails, and find out when it works again.
#pragma once

#include <weir/core/error.hpp>
#include <weir/runtime/async_function.hpp>
#include <weir/runtime/clock.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace weir {

/// What a call fails with that the breaker did not let through.
class circuit_open_error : public error {
public:
    circuit_open_error() : error("the circuit is open: too many calls have failed") {}
};

/// - closed: all calls pass. `failures` of them in a row open the circuit.
/// - open: calls fail at once with `circuit_open_error`; after `open_for` the next one finds it
/// half-open.
/// - half-open: `probes` calls pass at a time, all others fail at once. When so many have succeeded
///   the circuit is closed; when one fails it is open again, for as long.
enum class circuit_state : std::uint8_t { closed, open, half_open };

struct circuit_policy {
    unsigned failures = 5;  ///< In a row, to open it.
    clock::duration open_for = std::chrono::seconds(30);
    unsigned probes = 1;  ///< Calls that must succeed to close it.
    /// Whether a failure counts; all do where there is none (a cancelled call never does).
    std::function<bool(const std::exception_ptr&)> counts = {};
};

/// The breaker of one thing that may fail: a server, a disk. Guards any number of functions, in any
/// number of pipelines; copies are the same breaker. Thread-safe.
///
///     weir::circuit_breaker bank({.failures = 3, .open_for = 10s});
///     orders | weir::async_map(8, weir::retry({.max_attempts = 3}, bank.guard(pay)))
///
/// A call is let through, or not, when it begins; one that ends after the state has changed since
/// is not counted. Time is that of the caller's executor.
class circuit_breaker {
public:
    /// Errors: `std::invalid_argument` for a number that is 0 or a time that is not positive.
    explicit circuit_breaker(circuit_policy policy = {});

    /// What it is now; an open circuit whose time is over is still called open before the next
    /// call.
    circuit_state state() const;

    template <class F>
    class guarded;
    /// `f`, behind this breaker: an async function as `f` is one. Errors: `circuit_open_error`,
    /// those of `f`. Cancellation: that of `f`. Lives as long as its calls.
    template <class F>
    guarded<F> guard(F f) const;

private:
    struct circuit;

    /// One call that was let through. Neither a success nor a failure where it is just destroyed.
    class permit {
    public:
        permit(std::shared_ptr<circuit> c, clock::time_point now);  // throws circuit_open_error
        permit(const permit&) = delete;
        permit& operator=(const permit&) = delete;
        ~permit();
        void succeeded();
        void failed(const std::exception_ptr& failure, clock::time_point now);

    private:
        std::shared_ptr<circuit> circuit_;
        std::uint64_t period_;
    };

    std::shared_ptr<circuit> circuit_;
};

template <class F>
class circuit_breaker::guarded {
public:
    guarded(circuit_breaker breaker, F f) : breaker_(std::move(breaker)), f_(std::move(f)) {}

    // The item stays where it is while its call lasts: in the caller's coroutine.
    template <class T>
        requires async_function<F, T>
    asio::awaitable<detail::async_result_t<F, T>> operator()(T&& item) {
        const auto executor = co_await asio::this_coro::executor;
        const clock& time = clock_of(executor);
        permit allowed(breaker_.circuit_, time.now());
        std::exception_ptr failure;
        try {
            if constexpr (std::is_void_v<detail::async_result_t<F, T>>) {
                co_await detail::call_async(f_, std::forward<T>(item));
                allowed.succeeded();
                co_return;
            } else {
                auto value = co_await detail::call_async(f_, std::forward<T>(item));
                allowed.succeeded();
                co_return value;
            }
        } catch (...) {
            failure = std::current_exception();
        }
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none) allowed.failed(failure, time.now());
        std::rethrow_exception(std::move(failure));
    }

private:
    circuit_breaker breaker_;
    F f_;
};

template <class F>
circuit_breaker::guarded<F> circuit_breaker::guard(F f) const {
    return guarded<F>(*this, std::move(f));
}

}  // namespace weir
