/// The threads that run an `io_context`.
#pragma once

#include <weir/core/asio.hpp>

#include <cstddef>
#include <thread>
#include <vector>

namespace weir::detail {

/// `count`, or the number of cores if that is 0.
std::size_t or_one_a_core(std::size_t count);

/// Threads that run `context`, from construction until `join`. Not thread-safe.
///
/// Errors: `std::system_error`, "weir: cannot start a thread", if the system refuses one. The
/// context was stopped then, and the threads that had started were joined. (`asio::thread_pool`
/// waits for ever in this case.)
class worker_threads {
public:
    worker_threads(asio::io_context& context, std::size_t count);
    worker_threads(const worker_threads&) = delete;
    worker_threads& operator=(const worker_threads&) = delete;
    ~worker_threads() { join(); }

    /// Waits until all have left the context: when it has no work, or was stopped.
    void join() noexcept;
    std::size_t count() const noexcept { return threads_.size(); }

private:
    void start(asio::io_context& context, std::size_t count);

    std::vector<std::thread> threads_;
};

}  // namespace weir::detail
