#include <weir/runtime/detail/worker_threads.hpp>

#include <algorithm>
#include <system_error>

namespace weir::detail {

std::size_t or_one_a_core(std::size_t count) {
    if (count != 0) return count;
    return std::max(1u, std::thread::hardware_concurrency());
}

worker_threads::worker_threads(asio::io_context& context, std::size_t count) {
    try {
        start(context, count);
    } catch (const std::system_error& e) {
        context.stop();
        join();
        throw std::system_error(e.code(), "weir: cannot start a thread");
    } catch (...) {
        context.stop();
        join();
        throw;
    }
}

void worker_threads::start(asio::io_context& context, std::size_t count) {
    threads_.reserve(count);
    for (std::size_t i = 0; i != count; ++i) {
        threads_.emplace_back([&context] { context.run(); });
    }
}

void worker_threads::join() noexcept {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

}  // namespace weir::detail
