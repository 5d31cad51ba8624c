#include <weir/pipeline/segment_task.hpp>

namespace weir {

namespace {

/// What came of a coroutine, as a value: Asio would copy an exception, and the last copy might die
/// on a thread that knows nothing of who read it.
struct body_outcome {
    std::exception_ptr error;
};

asio::awaitable<body_outcome> outcome_of(asio::awaitable<void> body) {
    body_outcome outcome;
    // The coroutine's parameters die with its frame, and must before the segment counts as over.
    std::optional<asio::awaitable<void>> running(std::move(body));
    try {
        co_await std::move(*running);
    } catch (...) {
        outcome.error = std::current_exception();
    }
    running.reset();
    co_return outcome;
}

}  // namespace

void awaitable_task::start(const asio::any_io_executor& executor, task_done done) {
    strand_ = make_segment_executor(executor);
    cancel_ = std::make_shared<asio::cancellation_signal>();
    auto strand = done.get_executor();
    auto report = [done = std::move(done), keep = cancel_](std::exception_ptr error,
                                                           body_outcome outcome) mutable {
        done(error ? std::move(error) : std::move(outcome.error));
    };
    auto body = outcome_of(std::move(*body_));
    body_.reset();
    asio::co_spawn(strand_, std::move(body),
                   asio::bind_cancellation_slot(cancel_->slot(),
                                                asio::bind_executor(strand, std::move(report))));
}

void awaitable_task::cancel() {
    // A signal is emitted where what it cancels runs.
    auto emit = [signal = cancel_] { signal->emit(asio::cancellation_type::terminal); };
    asio::post(strand_, std::move(emit));
}

}  // namespace weir
