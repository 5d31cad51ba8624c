/// Running pipelines by hand: on a context that only moves when the test says so, without sleeps.
#pragma once

#include <weir/core/asio.hpp>

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

/// How many handlers a test may need at the most: beyond it, something spins.
inline constexpr std::size_t handler_limit = 10'000'000;

/// Runs handlers that are ready until there are none. Returns how many ran.
inline std::size_t settle(asio::io_context& io) {
    io.restart();
    std::size_t n = 0;
    while (io.poll_one() != 0) {
        if (++n == handler_limit) throw std::logic_error("the context does not come to rest");
    }
    return n;
}

/// What has become of an operation.
template <class R>
struct outcome {
    using value_type = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

    bool done = false;
    std::exception_ptr error;
    std::optional<value_type> value;
    std::function<void()> on_completion;  ///< Called first thing by the handler.

    /// The result, or the error thrown; `std::logic_error` if it is not there.
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

/// A handler that writes an outcome down. Runs on `io`, under a cancellation slot if given.
template <class R>
class recorder {
public:
    using executor_type = asio::io_context::executor_type;
    using cancellation_slot_type = asio::cancellation_slot;

    recorder(asio::io_context& io, std::shared_ptr<outcome<R>> to, asio::cancellation_slot slot)
        : executor_(io.get_executor()), to_(std::move(to)), slot_(slot) {}

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

/// Starts a pipeline on `io`; nothing of it runs before `settle`.
template <class Operation>
auto start(asio::io_context& io, Operation operation, asio::cancellation_slot slot = {}) {
    using R = typename Operation::value_type;
    auto result = std::make_shared<outcome<R>>();
    std::move(operation)(recorder<R>(io, result, slot));
    return result;
}

/// Starts a coroutine on a strand over `io`.
template <class T>
auto spawn(asio::io_context& io, asio::awaitable<T> task, asio::cancellation_slot slot = {}) {
    auto result = std::make_shared<outcome<T>>();
    asio::co_spawn(asio::make_strand(io), std::move(task), recorder<T>(io, result, slot));
    return result;
}

/// Asks `stream` for its next item on `io`; nothing comes of it before `settle`.
template <class S>
auto start_next(asio::io_context& io, S& stream, asio::cancellation_slot slot = {}) {
    using R = std::optional<typename S::value_type>;
    auto result = std::make_shared<outcome<R>>();
    stream.next(recorder<R>(io, result, slot));
    return result;
}

/// Runs a pipeline on `io` until nothing is left to run; returns its result or throws its error.
template <class Operation>
auto run(asio::io_context& io, Operation operation) {
    auto result = start(io, std::move(operation));
    settle(io);
    return result->get();
}

/// The same on a context of its own.
template <class Operation>
auto run(Operation operation) {
    asio::io_context io;
    return run(io, std::move(operation));
}

/// The same for a coroutine.
template <class T>
auto run_task(asio::io_context& io, asio::awaitable<T> task) {
    auto result = spawn(io, std::move(task));
    settle(io);
    return result->get();
}

/// Runs `io` until `done()`: for what waits for the world outside (a socket, a timer). The bound is
/// there so that a test that hangs fails; it says nothing about speed.
template <class Done>
bool run_until(asio::io_context& io, Done done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    io.restart();
    while (!done() && std::chrono::steady_clock::now() < limit) {
        if (io.run_one_until(limit) == 0) break;
    }
    return done();
}

}  // namespace weir::testing
