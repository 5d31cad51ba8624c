/// A pool of threads that run an `io_context`: the place where pipelines run.
///
/// weir needs no particular runtime: any Asio executor does. This is the one for programs that
/// have none of their own.
#pragma once

#include <weir/core/asio.hpp>

#include <cstddef>
#include <exception>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace weir {

/// Hands an outcome to a thread that waits for it. Asio's `use_future` would do, but brings up a
/// second pool of threads (the system executor's) to do it on.
template <class R>
class waiting_handler {
public:
    std::future<R> get_future() { return promise_.get_future(); }

    template <class... Value>
    void operator()(std::exception_ptr error, Value&&... value) {
        if (error) {
            promise_.set_exception(std::move(error));
        } else {
            promise_.set_value(std::forward<Value>(value)...);
        }
    }

private:
    std::promise<R> promise_;
};

/// An `io_context` and the threads that run it.
///
///     weir::runtime rt;                       // a thread a core
///     auto n = rt.run(weir::from_range(names) | weir::filter(is_short) | weir::count());
///
/// Its destructor waits for running work; call `stop()` first to abandon it.
/// Thread-safe, but for construction and destruction.
class runtime {
public:
    /// Starts `threads` threads; 0 means one a core.
    explicit runtime(std::size_t threads = 0);
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;
    ~runtime();

    asio::io_context& context() noexcept { return context_; }
    asio::io_context::executor_type executor() noexcept { return context_.get_executor(); }
    std::size_t thread_count() const noexcept { return threads_.size(); }

    /// Abandons what is running: handlers not yet called never will be.
    void stop() { context_.stop(); }

    /// Runs a pipeline (`stream | terminal`) or an `asio::awaitable` here, waits for it on the
    /// calling thread and returns its result or throws its error.
    /// Never call it on one of the runtime's own threads: it would wait for itself.
    template <class Operation>
    typename Operation::value_type run(Operation operation) {
        waiting_handler<typename Operation::value_type> done;
        auto result = done.get_future();
        auto handler = asio::bind_executor(executor(), std::move(done));
        if constexpr (requires { std::move(operation).start(executor(), std::move(handler)); }) {
            std::move(operation).start(executor(), std::move(handler));
        } else {
            asio::co_spawn(asio::make_strand(context_), std::move(operation), std::move(handler));
        }
        return result.get();
    }

private:
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::vector<std::thread> threads_;
};

}  // namespace weir
