#include <weir/runtime/blocking.hpp>
#include <weir/runtime/detail/worker_threads.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

namespace weir {

namespace {

class blocking_service final : public asio::execution_context::service {
public:
    static asio::execution_context::id id;

    explicit blocking_service(asio::execution_context& owner)
        : asio::execution_context::service(owner) {}
    ~blocking_service() override = default;

    asio::any_io_executor get() {
        const std::lock_guard lock(mutex_);
        if (!executor_) {
            // Blocked threads use no core; a few more than that keep the disk busy.
            pool_ = std::make_unique<detail::worker_threads>(
                std::max<std::size_t>(2, detail::or_one_a_core(0)));
            executor_ = pool_->context().get_executor();
        }
        return executor_;
    }
    std::stop_token stop() const noexcept { return stop_.get_token(); }
    void set(asio::any_io_executor replacement) {
        const std::lock_guard lock(mutex_);
        executor_ = std::move(replacement);
    }

private:
    void shutdown() noexcept override {
        stop_.request_stop();
        if (pool_) pool_->stop();
    }

    std::stop_source stop_;
    std::mutex mutex_;
    std::unique_ptr<detail::worker_threads> pool_;
    asio::any_io_executor executor_;
};

asio::execution_context::id blocking_service::id;

blocking_service& service_of(const asio::any_io_executor& executor) {
    return asio::use_service<blocking_service>(asio::query(executor, asio::execution::context));
}

}  // namespace

asio::any_io_executor detail::blocking_executor_of(const asio::any_io_executor& executor) {
    return service_of(executor).get();
}

std::stop_token detail::blocking_stop_of(const asio::any_io_executor& executor) {
    return service_of(executor).stop();
}

void set_blocking_executor(asio::execution_context& context, asio::any_io_executor replacement) {
    asio::use_service<blocking_service>(context).set(std::move(replacement));
}

}  // namespace weir
