/// virtual_time: Asio timers on virtual time,
/// `asio::basic_waitable_timer<weir::testing::virtual_time>`.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/clock.hpp>

#include <asio/basic_waitable_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::testing {

/// The clock type for your own timers. Write your code for `asio::basic_waitable_timer<Clock>` (or
/// any timer type). Use `std::chrono::steady_clock` in production and this clock in tests.
///
///     using timer = asio::basic_waitable_timer<weir::testing::virtual_time>;
///     timer t(ctx.get_executor());
///     t.expires_after(50ms);               // of the context's clock: see set_clock
///     co_await t.async_wait(asio::use_awaitable);
///
/// Such a timer asks the clock of its executor's context. It needs no reactor and no thread. It
/// expires in `virtual_clock::advance`, or when a `seeded_context` moves its time.
struct virtual_time {
    using duration = weir::clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<virtual_time, duration>;
    static constexpr bool is_steady = true;

    /// The time of the newest virtual clock that still exists, because a clock type has no context
    /// to ask. The epoch if there is no such clock. Thread-safe.
    static time_point now();
};

namespace detail {

/// The state that a timer shares with its waiters. Not for use by itself.
class virtual_waits {
public:
    /// One wait. `complete` is called once, unless the context is destroyed first; then the object
    /// is destroyed.
    struct waiter {
        virtual ~waiter() = default;
        virtual void complete(asio::error_code error) = 0;
    };

    explicit virtual_waits(asio::any_io_executor executor);
    virtual_waits(virtual_waits&&) noexcept = default;
    virtual_waits& operator=(virtual_waits&& other) noexcept;
    ~virtual_waits();

    clock::time_point expiry() const;
    std::size_t expires_at(clock::time_point t);
    std::size_t expires_after(clock::duration d);
    /// Completes at most `most` waits, the oldest first, with `operation_aborted`. Returns how
    /// many.
    std::size_t cancel(std::size_t most = std::size_t(-1));

    /// Returns a function that cancels that one wait; it may be called at any time.
    auto wait(std::unique_ptr<waiter> w) {
        return [state = state_, id = add(std::move(w))] { cancel_one(*state, id); };
    }

private:
    class state;
    class service;

    std::uint64_t add(std::unique_ptr<waiter> w);
    static void cancel_one(state& s, std::uint64_t id);

    std::shared_ptr<state> state_;
};

}  // namespace detail

}  // namespace weir::testing

/// Asio's timer for this clock: the members of every `basic_waitable_timer`, except the blocking
/// `wait()`, because time could not move during it. Handlers are posted, never called inline.
/// Cancellation: any type, through the associated slot. Not thread-safe, as Asio's timers are not;
/// but any thread may move the clock.
template <class WaitTraits, class Executor>
class asio::basic_waitable_timer<weir::testing::virtual_time, WaitTraits, Executor> {
    template <class Handler>
    struct waiter;

public:
    using executor_type = Executor;
    using clock_type = weir::testing::virtual_time;
    using duration = clock_type::duration;
    using time_point = clock_type::time_point;
    using traits_type = WaitTraits;

    template <class Other>
    struct rebind_executor {
        using other = basic_waitable_timer<clock_type, WaitTraits, Other>;
    };

    explicit basic_waitable_timer(const executor_type& executor)
        : executor_(executor), waits_(executor) {}
    basic_waitable_timer(const executor_type& executor, const time_point& expiry)
        : basic_waitable_timer(executor) {
        expires_at(expiry);
    }
    basic_waitable_timer(const executor_type& executor, const duration& from_now)
        : basic_waitable_timer(executor) {
        expires_after(from_now);
    }
    template <class Context>
        requires std::is_convertible_v<Context&, asio::execution_context&>
    explicit basic_waitable_timer(Context& context)
        : basic_waitable_timer(executor_type(context.get_executor())) {}
    template <class Context, class Time>
        requires std::is_convertible_v<Context&, asio::execution_context&>
    basic_waitable_timer(Context& context, const Time& t)
        : basic_waitable_timer(executor_type(context.get_executor()), t) {}
    basic_waitable_timer(basic_waitable_timer&&) noexcept = default;
    basic_waitable_timer& operator=(basic_waitable_timer&&) noexcept = default;

    executor_type get_executor() noexcept { return executor_; }

    time_point expiry() const { return time_point(waits_.expiry().time_since_epoch()); }
    std::size_t expires_at(const time_point& t) {
        return waits_.expires_at(weir::clock::time_point(t.time_since_epoch()));
    }
    std::size_t expires_after(const duration& d) { return waits_.expires_after(d); }
    std::size_t cancel() { return waits_.cancel(); }
    std::size_t cancel_one() { return waits_.cancel(1); }

    template <class Token>
    auto async_wait(Token&& token) {
        auto initiation = [](auto handler, basic_waitable_timer* self) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto w =
                std::make_unique<waiter<decltype(handler)>>(std::move(handler), self->executor_);
            auto take_back = self->waits_.wait(std::move(w));
            if (slot.is_connected()) {
                slot.assign([take_back](asio::cancellation_type) { take_back(); });
            }
        };
        return asio::async_initiate<Token, void(asio::error_code)>(std::move(initiation), token,
                                                                   this);
    }

private:
    template <class Handler>
    struct waiter final : weir::testing::detail::virtual_waits::waiter {
        waiter(Handler h, const Executor& executor)
            : handler(std::move(h)),
              handler_work(asio::get_associated_executor(handler, executor)),
              timer_work(executor) {}
        void complete(asio::error_code error) override {
            auto executor = handler_work.get_executor();
            auto tell = [h = std::move(handler), w = std::move(handler_work),
                         t = std::move(timer_work), error]() mutable {
                asio::get_associated_cancellation_slot(h).clear();
                std::move(h)(error);
            };
            asio::post(executor, std::move(tell));
        }
        Handler handler;
        asio::executor_work_guard<asio::associated_executor_t<Handler, Executor>> handler_work;
        asio::executor_work_guard<Executor> timer_work;
    };

    executor_type executor_;
    weir::testing::detail::virtual_waits waits_;
};
