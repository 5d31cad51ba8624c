/// A pool of threads that run an `io_context`: the place where pipelines run.
///
/// weir needs no particular runtime: any Asio executor does. This is the one for programs that
/// have none of their own.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/detail/worker_threads.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <future>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {

/// What came of an operation.
template <class R>
struct outcome {
    using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

    std::exception_ptr error;
    std::optional<stored> value;

    /// The value, or throws the error.
    R take() && {
        if (error) std::rethrow_exception(std::move(error));
        if constexpr (!std::is_void_v<R>) return *std::move(value);
    }
};

/// Goes on in a handler of its own, on the coroutine's executor: the code that resumed it has
/// returned by then. Not a template, as to compile an `asio::post` takes longer than most
/// pipelines.
asio::awaitable<void> next_handler();

/// Awaits `operation` and hands what came of it to a thread that waits for the promise. When the
/// promise is kept nothing here refers to the exception any more, not even further down the stack:
/// the other thread has it alone.
template <class R>
asio::awaitable<void> deliver(asio::awaitable<R> operation, std::promise<outcome<R>> promise) {
    outcome<R> result;
    try {
        if constexpr (std::is_void_v<R>) {
            co_await std::move(operation);
            result.value.emplace();
        } else {
            result.value.emplace(co_await std::move(operation));
        }
    } catch (...) {
        result.error = std::current_exception();
    }
    if (result.error) co_await next_handler();
    promise.set_value(std::move(result));
}

/// An `io_context` and the threads that run it.
///
///     weir::runtime rt;                       // a thread a core
///     auto n = rt.run(weir::from_range(names) | weir::filter(is_short) | weir::count());
///
/// How many threads: as many as do work at the same time, and no more. Whenever something comes by
/// the network the thread that hears of it wakes another to wait in its place, if there is one, so
/// a pipeline between sockets that one core can carry takes half the context switches on one
/// thread.
///
/// Its destructor waits for running work; call `stop()` first to abandon it.
/// Thread-safe, but for construction and destruction.
class runtime {
public:
    /// Starts `threads` threads; 0 means one a core. Errors: `std::system_error`, "weir: cannot
    /// start a thread", if the system refuses one; those that had started are joined.
    explicit runtime(std::size_t threads = 0);
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;
    ~runtime();

    asio::io_context& context() noexcept { return threads_.context(); }
    asio::io_context::executor_type executor() noexcept { return context().get_executor(); }
    std::size_t thread_count() const noexcept { return threads_.count(); }

    /// Abandons what is running: handlers not yet called never will be.
    void stop() { context().stop(); }

    /// Runs a pipeline (`stream | terminal`) or an `asio::awaitable` here, waits for it on the
    /// calling thread and returns its result or throws its error; `std::future_error` if the
    /// runtime is stopped first.
    /// Never call it on one of the runtime's own threads: it would wait for itself.
    template <class R>
    R run(asio::awaitable<R> operation) {
        return start(std::move(operation)).get().take();
    }

    /// The same for a thread that has something else to do meanwhile: starts it, and returns where
    /// its `outcome` will be.
    ///
    ///     auto loading = rt.start(std::move(rows) | std::move(insert));
    ///     while (loading.wait_for(100ms) != std::future_status::ready) show_progress();
    ///     const auto report = loading.get().take();
    template <class R>
    std::future<outcome<R>> start(asio::awaitable<R> operation) {
        std::promise<outcome<R>> promise;
        auto result = promise.get_future();
        spawn(deliver(std::move(operation), std::move(promise)));
        return result;
    }

    /// A stream alone does nothing, and does not compile here.
    template <class S>
        requires stream<std::remove_cvref_t<S>> || std::same_as<S, refused_pipe>
    void run(S&&) {
        static_assert(std::same_as<S, refused_pipe>,
                      "weir::runtime::run: this is a stream without a terminal, and nothing would "
                      "run it: end it with weir::for_each, weir::to, weir::discard or another "
                      "terminal.");
    }

private:
    void spawn(asio::awaitable<void> task);

    detail::worker_threads threads_;
};

}  // namespace weir
