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
    auto run(Operation operation) {
        if constexpr (requires { std::move(operation).start(executor(), asio::use_future); }) {
            return std::move(operation).start(executor(), asio::use_future).get();
        } else {
            return asio::co_spawn(asio::make_strand(context_), std::move(operation),
                                  asio::use_future)
                .get();
        }
    }

private:
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::vector<std::thread> threads_;
};

}  // namespace weir
