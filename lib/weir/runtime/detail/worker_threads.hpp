/// An `io_context` and the threads that run it.
#pragma once

#include <weir/core/asio.hpp>

#include <cstddef>
#include <thread>
#include <vector>

namespace weir::detail {

/// `count`, or the number of cores if that is 0.
std::size_t or_one_a_core(std::size_t count);

/// An `io_context` and the threads that run it: those of a `runtime`, those for blocking calls, and
/// that of a database. Not thread-safe, but for `context` and what is posted to it.
///
/// Errors: `std::system_error`, "weir: cannot start a thread", if the system refuses one. The
/// threads that had started were joined then. (`asio::thread_pool` waits for ever in this case.)
class worker_threads {
public:
    explicit worker_threads(std::size_t count);
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;
    /// As `stop`.
    ~worker_threads() { stop(); }

    asio::io_context& context() noexcept { return context_; }
    std::size_t count() const noexcept { return threads_.size(); }

    /// Waits until there is no work any more, or the context was stopped.
    void finish() noexcept;
    /// Waits for what runs; what is queued never will.
    void stop() noexcept;

private:
    void start(std::size_t count);

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::vector<std::thread> threads_;
};

}  // namespace weir::detail
