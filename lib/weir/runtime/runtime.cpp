#include <weir/runtime/runtime.hpp>
#include <weir/runtime/segment.hpp>

#include <algorithm>

namespace weir {

namespace {

std::size_t or_one_a_core(std::size_t threads) {
    if (threads != 0) return threads;
    return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

asio::awaitable<void> next_handler() {
    co_await asio::post(asio::use_awaitable);
}

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

// On a strand as segments have it, so that what the task awaits can hand its thread over.
void runtime::spawn(asio::awaitable<void> task) {
    const auto lost = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(std::move(error));
    };
    asio::co_spawn(make_segment_executor(context_.get_executor()), std::move(task), lost);
}

}  // namespace weir
