#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/runtime.hpp>

namespace weir {

asio::awaitable<void> next_handler() {
    co_await asio::post(asio::use_awaitable);
}

runtime::runtime(std::size_t threads) : threads_(detail::or_one_a_core(threads)) {}

runtime::~runtime() {
    threads_.finish();
}

// On a strand as segments have it, so that what the task awaits can hand its thread over.
void runtime::spawn(asio::awaitable<void> task) {
    const auto lost = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(std::move(error));
    };
    asio::co_spawn(detail::make_segment_executor(executor()), std::move(task), lost);
}

}  // namespace weir
