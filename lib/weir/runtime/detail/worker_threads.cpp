#include <weir/runtime/detail/worker_threads.hpp>

#include <algorithm>
#include <system_error>

namespace weir::detail {

std::size_t or_one_a_core(std::size_t count) {
    if (count != 0) return count;
    return std::max(1u, std::thread::hardware_concurrency());
}

worker_threads::worker_threads(std::size_t count)
    : context_(static_cast<int>(count)), work_(context_.get_executor()) {
    try {
        start(count);
    } catch (const std::system_error& e) {
        stop();
        throw std::system_error(e.code(), "weir: cannot start a thread");
    } catch (...) {
        stop();
        throw;
    }
}

void worker_threads::start(std::size_t count) {
    threads_.reserve(count);
    for (std::size_t i = 0; i != count; ++i) {
        threads_.emplace_back([this] { context_.run(); });
    }
}

void worker_threads::finish() noexcept {
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void worker_threads::stop() noexcept {
    context_.stop();
    finish();
}

}  // namespace weir::detail
