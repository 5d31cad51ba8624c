#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/runtime.hpp>

namespace weir {

asio::awaitable<void> next_handler() {
    co_await asio::post(asio::use_awaitable);
}

runtime::runtime(std::size_t threads)
    : context_(static_cast<int>(detail::or_one_a_core(threads))),
      work_(context_.get_executor()),
      threads_(context_, detail::or_one_a_core(threads)) {}

runtime::~runtime() {
    work_.reset();
    threads_.join();
}

// On a strand as segments have it, so that what the task awaits can hand its thread over.
void runtime::spawn(asio::awaitable<void> task) {
    const auto lost = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(std::move(error));
    };
    asio::co_spawn(detail::make_segment_executor(context_.get_executor()), std::move(task), lost);
}

}  // namespace weir
