#include <weir/runtime/runtime.hpp>

#include <algorithm>

namespace weir {

namespace {

std::size_t or_one_a_core(std::size_t threads) {
    if (threads != 0) return threads;
    return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

runtime::runtime(std::size_t threads)
    : context_(static_cast<int>(or_one_a_core(threads))), work_(context_.get_executor()) {
    threads_.reserve(or_one_a_core(threads));
    for (std::size_t i = 0; i < or_one_a_core(threads); ++i) {
        threads_.emplace_back([this] { context_.run(); });
    }
}

runtime::~runtime() {
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
}

}  // namespace weir
