#include <weir/connectors/csv/read.hpp>
#include <weir/core/asio.hpp>
#include <weir/runtime/blocking.hpp>

namespace weir::csv {

void batch_stream::start(poll_context& cx) {
    const auto initiate = [&](auto handler) {
        handler.get_cancellation_slot().assign(
            [file = file_](asio::cancellation_type) { file->stop(); });
        auto job = [file = file_, done = std::move(handler)]() mutable {
            std::exception_ptr error;
            std::optional<batch> next;
            try {
                next = file->next();
            } catch (...) {
                error = std::current_exception();
            }
            file.reset();  // before the pipeline may complete: then the file is closed
            done(std::move(error), std::move(next));
        };
        asio::post(blocking_executor_of(cx.executor()), std::move(job));
    };
    reading_.start(cx, initiate);
}

}  // namespace weir::csv
