#include <weir/core/asio.hpp>
#include <weir/runtime/clock.hpp>

#include <asio/steady_timer.hpp>

#include <mutex>
#include <utility>

namespace weir {

namespace {

class steady final : public clock {
public:
    time_point now() const noexcept override { return std::chrono::steady_clock::now(); }

    std::unique_ptr<appointment> wake_at(time_point deadline, const asio::any_io_executor& executor,
                                         waker sleeper) override {
        if (deadline == time_point::max()) return std::make_unique<appointment>();
        return std::make_unique<timer_wait>(deadline, executor, std::move(sleeper));
    }

private:
    struct timer_wait final : appointment {
        timer_wait(time_point deadline, const asio::any_io_executor& executor, waker sleeper)
            : timer(executor, deadline) {
            timer.async_wait([sleeper = std::move(sleeper)](const asio::error_code& ec) {
                if (!ec) sleeper->wake();
            });
        }
        asio::steady_timer timer;
    };
};

class clock_service final : public asio::execution_context::service {
public:
    static asio::execution_context::id id;

    explicit clock_service(asio::execution_context& owner)
        : asio::execution_context::service(owner), clock_(std::make_shared<steady>()) {}

    clock& get() noexcept {
        const std::lock_guard lock(mutex_);
        return *clock_;
    }
    void set(std::shared_ptr<clock> replacement) {
        const std::lock_guard lock(mutex_);
        clock_.swap(replacement);
    }

private:
    void shutdown() noexcept override {}

    std::mutex mutex_;
    std::shared_ptr<clock> clock_;
};

asio::execution_context::id clock_service::id;

}  // namespace

clock& clock_of(const asio::any_io_executor& executor) {
    return asio::use_service<clock_service>(asio::query(executor, asio::execution::context)).get();
}

void set_clock(asio::execution_context& context, std::shared_ptr<clock> replacement) {
    asio::use_service<clock_service>(context).set(std::move(replacement));
}

bool alarm::reached(poll_context& cx, clock::time_point deadline) {
    if (deadline == clock::time_point::max()) {
        cancel();
        return false;
    }
    clock& time = clock_of(cx.executor());
    if (time.now() >= deadline) {
        cancel();
        return true;
    }
    const bool arranged = appointment_ && deadline == deadline_ && sleeper_.get() == &cx.poller();
    if (!arranged) {
        deadline_ = deadline;
        sleeper_ = cx.get_waker();
        appointment_ = time.wake_at(deadline, cx.executor(), sleeper_);
    }
    return false;
}

}  // namespace weir
