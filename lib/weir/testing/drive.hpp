/// Runs pipelines by hand, without sleeps: the context moves only when the test says so.
///
/// The context is an `asio::io_context`, which runs handlers in the order in which they became
/// ready, or a `seeded_context`, which runs them in an order that a seed decides. Pipelines started
/// here run in `settle`.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/saturating.hpp>
#include <weir/testing/seeded_context.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::testing {

/// The maximum number of handlers of a test. A test with more handlers is in an endless loop.
inline constexpr std::size_t handler_limit = 10'000'000;

/// Runs ready handlers until there are none. Returns how many ran.
inline std::size_t settle(asio::io_context& io) {
    io.restart();
    std::size_t n = 0;
    while (io.poll_one() != 0) {
        if (++n == handler_limit) throw std::logic_error("the context does not come to rest");
    }
    return n;
}
inline std::size_t settle(seeded_context& ctx) {
    return ctx.settle();
}

/// The outcome of an operation.
template <class R>
struct outcome {
    using value_type = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

    bool done = false;
    std::exception_ptr error;
    std::optional<value_type> value;
    std::function<void()> on_completion;  ///< The handler calls this first.

    /// Returns the result or throws the error; `std::logic_error` if the operation has not
    /// completed.
    value_type get() {
        if (!done) throw std::logic_error("the operation is stuck: nothing is left to run");
        if (error) std::rethrow_exception(error);
        return *std::move(value);
    }
    bool aborted() const {
        if (!error) return false;
        try {
            std::rethrow_exception(error);
        } catch (const asio::system_error& e) {
            return e.code() == asio::error::operation_aborted;
        } catch (...) {
            return false;
        }
    }
};

namespace detail {

/// A handler that stores an outcome. It runs on `executor`, and has the cancellation slot if one is
/// given.
template <class R, class Executor>
class recorder {
public:
    using executor_type = Executor;
    using cancellation_slot_type = asio::cancellation_slot;

    recorder(Executor executor, std::shared_ptr<outcome<R>> to, asio::cancellation_slot slot)
        : executor_(std::move(executor)), to_(std::move(to)), slot_(slot) {}

    executor_type get_executor() const noexcept { return executor_; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }

    template <class... Value>
    void operator()(std::exception_ptr error, Value&&... value) {
        if (to_->on_completion) to_->on_completion();
        to_->done = true;
        to_->error = std::move(error);
        if (!to_->error) to_->value.emplace(std::forward<Value>(value)...);
    }

private:
    executor_type executor_;
    std::shared_ptr<outcome<R>> to_;
    asio::cancellation_slot slot_;
};

}  // namespace detail

/// A context on which tests run pipelines.
template <class C>
concept test_context = requires(C& c) { settle(c); };

/// Returns a handler that stores the outcome of an operation on `ctx` in `to`.
template <class R, test_context Context>
auto record(Context& ctx, std::shared_ptr<outcome<R>> to, asio::cancellation_slot slot = {}) {
    return detail::recorder<R, typename Context::executor_type>(ctx.get_executor(), std::move(to),
                                                                slot);
}

/// Starts a pipeline on `ctx`. No part of it runs before `settle`.
template <test_context Context, class Operation>
auto start(Context& ctx, Operation operation, asio::cancellation_slot slot = {}) {
    using R = typename Operation::value_type;
    auto result = std::make_shared<outcome<R>>();
    std::move(operation)(record(ctx, result, slot));
    return result;
}

/// Starts a coroutine on a strand over `ctx`.
template <test_context Context, class T>
auto spawn(Context& ctx, asio::awaitable<T> task, asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<T>>();
    asio::co_spawn(asio::make_strand(ctx.get_executor()), std::move(task),
                   record(ctx, result, slot));
    return result;
}

/// Asks `stream` for its next item on `ctx`. Nothing runs before `settle`.
template <test_context Context, class S>
auto start_next(Context& ctx, S& stream, asio::cancellation_slot slot = {}) {
    using R = std::optional<typename S::value_type>;
    auto result = std::make_shared<outcome<R>>();
    stream.next(record(ctx, result, slot));
    return result;
}

/// Runs a pipeline on `ctx` until no handler is left; returns its result or throws its error.
template <test_context Context, class Operation>
auto run(Context& ctx, Operation operation) {
    auto result = start(ctx, std::move(operation));
    settle(ctx);
    return result->get();
}

/// The same, on a new io_context.
template <class Operation>
auto run(Operation operation) {
    asio::io_context io;
    return run(io, std::move(operation));
}

/// The same for a coroutine.
template <test_context Context, class T>
auto run_task(Context& ctx, asio::awaitable<T> task) {
    auto result = spawn(ctx, std::move(task));
    settle(ctx);
    return result->get();
}

/// Runs `io` until `done()`, for a test that waits for the outside world (a socket, a timer). The
/// time limit makes a test that hangs fail; it says nothing about speed.
template <class Done>
bool run_until(asio::io_context& io, Done done) {
    const auto limit = deadline_after(std::chrono::steady_clock::now(), std::chrono::minutes(1));
    io.restart();
    while (!done() && std::chrono::steady_clock::now() < limit) {
        if (io.run_one_until(limit) == 0) break;
    }
    return done();
}

}  // namespace weir::testing
