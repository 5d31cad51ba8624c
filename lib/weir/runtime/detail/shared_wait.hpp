/// Coroutines of one strand that wait for the same thing.
#pragma once

#include <weir/core/asio.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// A place to wait at. Not thread-safe: all on one strand.
///
///     co_await there.wait();     // in some coroutines
///     there.wake_all();          // in another one; they go on after it
///
/// Cancellation: whatever the coroutine lets in ends its wait with `operation_aborted`.
class shared_wait {
public:
    asio::awaitable<void> wait() {
        auto keep = [](auto handler, shared_wait* here) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto w = std::make_shared<waiter>(std::move(handler));
            if (slot.is_connected()) {
                slot.assign([weak = std::weak_ptr(w)](asio::cancellation_type) {
                    if (const auto one = weak.lock()) one->end(asio::error::operation_aborted);
                });
            }
            here->waiters_.push_back(std::move(w));
        };
        return asio::async_initiate<const asio::use_awaitable_t<>, void(asio::error_code)>(
            std::move(keep), asio::use_awaitable, this);
    }

    void wake_all() {
        for (const auto& w : std::exchange(waiters_, {})) w->end(asio::error_code());
    }
    /// Destroys the waiting coroutines, because their context is being destroyed.
    void drop_all() noexcept { std::exchange(waiters_, {}).clear(); }

private:
    struct waiter {
        using handler_type =
            asio::async_result<asio::use_awaitable_t<>, void(asio::error_code)>::handler_type;

        explicit waiter(handler_type h) : handler(std::make_unique<handler_type>(std::move(h))) {}

        void end(asio::error_code why) {
            if (!handler) return;
            auto executor = asio::get_associated_executor(*handler);
            auto tell = [h = std::move(*handler), why]() mutable { std::move(h)(why); };
            handler.reset();
            asio::post(executor, std::move(tell));
        }
        std::unique_ptr<handler_type> handler;
    };

    std::vector<std::shared_ptr<waiter>> waiters_;
};

}  // namespace weir::detail
