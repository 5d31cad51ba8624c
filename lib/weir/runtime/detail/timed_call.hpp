/// A coroutine with a limit on how long it may take.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/timeout_error.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::detail {

/// Throws `std::invalid_argument` unless `limit` is positive.
void check_time_limit(clock::duration limit);

/// A call that is under way. Belongs to the strand it runs on; the clock only posts there.
class timed_call : public std::enable_shared_from_this<timed_call> {
public:
    timed_call(asio::any_io_executor executor, clock::duration limit)
        : executor_(std::move(executor)), limit_(limit) {}

    void set_alarm();
    void cancel(asio::cancellation_type type);
    /// Runs `task`, unless it was cancelled before. Asio 1.26 to 1.29 throws into the executor
    /// where a coroutine is cancelled that never waited, so none is before it has begun.
    static asio::awaitable<void> begin(std::shared_ptr<timed_call> self,
                                       asio::awaitable<void> task);
    asio::cancellation_slot slot() noexcept { return cancel_.slot(); }
    const asio::any_io_executor& executor() const noexcept { return executor_; }
    /// It has ended: what it failed with, or that it was too late.
    std::exception_ptr end(std::exception_ptr error);

private:
    class bell;

    asio::any_io_executor executor_;
    clock::duration limit_;
    asio::cancellation_signal cancel_;
    std::unique_ptr<clock::appointment> alarm_;
    bool begun_ = false;
    bool cancelled_early_ = false;
    bool late_ = false;
    bool over_ = false;
};

/// Awaits `task`, which is cancelled after `limit`. Errors: `timeout_error` if it fails after that.
inline asio::awaitable<void> run_within(asio::any_io_executor executor, clock::duration limit,
                                        asio::awaitable<void> task) {
    auto initiation = [](auto handler, std::shared_ptr<timed_call> call,
                         asio::awaitable<void> todo) {
        auto outer = asio::get_associated_cancellation_slot(handler);
        if (outer.is_connected()) {
            outer.assign([weak = std::weak_ptr(call)](asio::cancellation_type type) {
                if (const auto running = weak.lock()) running->cancel(type);
            });
        }
        call->set_alarm();
        auto done = [call, handler = std::move(handler)](std::exception_ptr error) mutable {
            error = call->end(std::move(error));
            call.reset();
            std::move(handler)(std::move(error));
        };
        asio::co_spawn(call->executor(), timed_call::begin(call, std::move(todo)),
                       asio::bind_cancellation_slot(call->slot(), std::move(done)));
    };
    auto call = std::make_shared<timed_call>(std::move(executor), limit);
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(initiation), asio::use_awaitable, std::move(call), std::move(task));
}

/// The same for a task that yields something.
template <class R>
asio::awaitable<R> within(clock::duration limit, asio::awaitable<R> task) {
    const auto executor = co_await asio::this_coro::executor;
    if constexpr (std::is_void_v<R>) {
        co_await run_within(executor, limit, std::move(task));
    } else {
        // Not through `co_spawn`, which asks for a default value.
        struct keep {
            static asio::awaitable<void> result(asio::awaitable<R> todo, std::optional<R>* to) {
                R value = co_await std::move(todo);
                to->emplace(std::move(value));
            }
        };
        std::optional<R> value;
        co_await run_within(executor, limit, keep::result(std::move(task), &value));
        co_return std::move(*value);
    }
}

}  // namespace weir::detail
