#include <weir/runtime/detail/timed_call.hpp>
#include <weir/runtime/saturating.hpp>

namespace weir::detail {

void check_time_limit(clock::duration limit) {
    if (limit > clock::duration::zero()) return;
    throw std::invalid_argument("weir::timeout: a limit must be positive");
}

// Holds the call weakly: a clock may outlive the context that the call belongs to.
class timed_call::bell final : public wakeable {
public:
    explicit bell(std::weak_ptr<timed_call> call) : call_(std::move(call)) {}
    void wake() noexcept override {
        const auto call = call_.lock();
        if (!call) return;
        asio::post(call->executor_, [weak = call_] {
            const auto late = weak.lock();
            if (!late || late->over_) return;
            late->late_ = true;
            late->cancel(asio::cancellation_type::terminal);
        });
    }

private:
    std::weak_ptr<timed_call> call_;
};

void timed_call::set_alarm() {
    clock& time = clock_of(executor_);
    const auto deadline = deadline_after(time.now(), limit_);
    alarm_ = time.wake_at(deadline, executor_, waker::adopt(new bell(weak_from_this())));
}

void timed_call::cancel(asio::cancellation_type type) {
    if (begun_) {
        cancel_.emit(type);
    } else if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) {
        cancelled_early_ = true;  // the types that a coroutine does not ask for are ignored
    }
}

asio::awaitable<void> timed_call::begin(std::shared_ptr<timed_call> self,
                                        asio::awaitable<void> task) {
    self->begun_ = true;
    if (self->cancelled_early_) throw asio::system_error(asio::error::operation_aborted);
    co_await std::move(task);
}

std::exception_ptr timed_call::end(std::exception_ptr error) {
    over_ = true;
    alarm_.reset();
    if (error && late_) return std::make_exception_ptr(timeout_error("the operation", limit_));
    return error;
}

}  // namespace weir::detail
