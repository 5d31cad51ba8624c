#include <weir/pipeline/detail/segment_task.hpp>
#include <weir/runtime/runtime.hpp>

namespace weir::detail {

namespace {

/// Awaits `body` and stores its exception in `error`. The exception is not rethrown, because Asio
/// would copy it. Its last copy might then be destroyed on a thread that is not synchronised with
/// its readers.
asio::awaitable<void> await_body(asio::awaitable<void> body,
                                 std::shared_ptr<std::exception_ptr> error) {
    // A coroutine's parameters are destroyed with its frame. This one must be destroyed before the
    // segment counts as over.
    std::optional<asio::awaitable<void>> running(std::move(body));
    try {
        co_await std::move(*running);
    } catch (...) {
        *error = std::current_exception();
    }
    running.reset();
    if (!*error) co_return;
    // The code that resumed the body with an error holds a copy of it until we suspend. It must
    // release that copy before the pipeline's thread reads its own: counting the copies is atomic,
    // but the sanitizers do not see that.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await next_handler();
}

}  // namespace

void awaitable_task::start(const asio::any_io_executor& executor, task_done done) {
    strand_ = make_segment_executor(executor);
    cancel_ = std::make_shared<asio::cancellation_signal>();
    auto error = std::make_shared<std::exception_ptr>();
    auto body = await_body(std::move(*body_), error);
    body_.reset();
    auto strand = done.get_executor();
    auto report = [done = std::move(done), error, keep = cancel_](std::exception_ptr lost) mutable {
        done(lost ? std::move(lost) : std::move(*error));
    };
    asio::co_spawn(strand_, std::move(body),
                   asio::bind_cancellation_slot(cancel_->slot(),
                                                asio::bind_executor(strand, std::move(report))));
}

void awaitable_task::cancel() {
    // A signal must be emitted on the strand on which the cancelled operation runs.
    auto emit = [signal = cancel_] { signal->emit(asio::cancellation_type::terminal); };
    asio::post(strand_, std::move(emit));
}

}  // namespace weir::detail
