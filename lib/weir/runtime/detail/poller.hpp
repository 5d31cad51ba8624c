/// Operations that wait by polling: `next()` on a stream, `async_send` on a channel.
#pragma once

#include <weir/core/poll.hpp>
#include <weir/runtime/detail/completion.hpp>
#include <weir/runtime/detail/gate.hpp>
#include <weir/runtime/detail/outstanding_work.hpp>
#include <weir/runtime/detail/segment.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// What an operation asks, again and again, until it is answered.
///
/// `poll(cx)`: true when the answer is there; otherwise a wake-up has been arranged. May throw.
/// `result()`: the answer, once (or void).
template <class Q>
concept pollable_op = std::move_constructible<Q> && requires(Q& q, poll_context& cx) {
    { q.poll(cx) } -> std::same_as<bool>;
    q.result();
};

/// The segment that asks. It belongs to one object (a stream, one end of a channel), is made with
/// its first operation and used by all later ones, so that waiting allocates nothing. It polls only
/// while an operation waits, and only one may at a time.
///
/// Operations run on the strand of the poller's executor, which is that of the first one's handler;
/// the handler is called there if that is where it belongs, and is posted to where it belongs
/// otherwise.
class poller final : public segment {
public:
    /// The poller at `place`, made there for `executor` if there is none yet.
    static counted_ptr<poller> at(counted_ptr<poller>& place,
                                  const asio::any_io_executor& executor);

    /// Its owner is going away. Thread-safe.
    void detach() noexcept { cancel(); }

    /// Asks once, here and now. On the strand only. When it says false, the poller will be woken:
    /// `async_ask(..., asked_already)` then waits for that.
    template <pollable_op Q>
    bool start(Q& q) {
        if (!turn_) new_turn();
        return q.poll(*turn_);
    }

    /// Asks until it is answered, and gives the token what `q.result()` is.
    /// Cancellation: any type; ends with `operation_aborted`, and nothing was taken.
    template <pollable_op Q, class Token>
    static auto async_start(counted_ptr<poller>& place, Q q, Token&& token,
                            bool started_already = false) {
        using result = decltype(q.result());
        auto initiation = [](auto handler, counted_ptr<poller>* where, Q body, bool started) {
            using handler_type = decltype(handler);
            auto self = at(*where, executor_of(handler));
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto memory =
                asio::get_associated_allocator(handler, asio::recycling_allocator<void>());
            auto op = std::allocate_shared<operation_of<Q, handler_type>>(
                memory, std::move(handler), std::move(body), *self);
            if (slot.is_connected()) slot.assign(canceller{self, op});
            if (started) return self->wait(std::move(op), started);
            asio::dispatch(self->executor(), [self, op = std::move(op)]() mutable {
                self->wait(std::move(op), false);
            });
        };
        return asio::async_initiate<Token, completion_signature<result>>(
            std::move(initiation), token, &place, std::move(q), started_already);
    }

private:
    struct operation {
        virtual ~operation() = default;
        virtual bool poll(poll_context& cx) noexcept = 0;
        /// Calls the handler, after releasing everything else.
        virtual void complete(std::shared_ptr<operation> self) = 0;
        std::exception_ptr error;
        bool cancelled = false;
    };

    template <class Q, class Handler>
    class operation_of final : public operation {
        using executor_type = home_executor<Handler>;
        using result_type = decltype(std::declval<Q&>().result());

    public:
        operation_of(Handler handler, Q q, const poller& p)
            : handler_(std::move(handler)), body_(std::move(q)) {
            auto home = home_of(handler_, p.executor());
            if constexpr (std::same_as<executor_type, asio::any_io_executor>) {
                if (home == p.executor()) return;
            }
            home_.emplace(home);
        }

        bool poll(poll_context& cx) noexcept override {
            try {
                return body_.poll(cx);
            } catch (...) {
                error = std::current_exception();
                return true;
            }
        }

        void complete(std::shared_ptr<operation> self) override {
            asio::get_associated_cancellation_slot(handler_).clear();
            auto home = std::move(home_);
            if constexpr (std::is_void_v<result_type>) {
                auto tell = [handler = std::move(handler_), e = std::move(error)]() mutable {
                    std::move(handler)(std::move(e));
                };
                self.reset();
                deliver(std::move(home), std::move(tell));
            } else {
                auto answer = error ? result_type() : body_.result();
                auto tell = [handler = std::move(handler_), e = std::move(error),
                             answer = std::move(answer)]() mutable {
                    std::move(handler)(std::move(e), std::move(answer));
                };
                self.reset();
                deliver(std::move(home), std::move(tell));
            }
        }

    private:
        template <class Tell>
        static void deliver(std::optional<handler_poster<executor_type>> home, Tell tell) {
            if (home) {
                std::move(*home).post(std::move(tell));
            } else {
                tell();
            }
        }

        Handler handler_;
        Q body_;
        std::optional<handler_poster<executor_type>> home_;  // none: the poller's executor is it
    };

    struct canceller {
        counted_ptr<poller> owner;
        std::weak_ptr<operation> op;
        void operator()(asio::cancellation_type) const { owner->cancel_soon(op); }
    };

    explicit poller(asio::any_io_executor executor) : segment(std::move(executor)) {}

    void wait(std::shared_ptr<operation> op, bool started);
    void cancel_soon(const std::weak_ptr<operation>& op);
    void end(std::shared_ptr<operation> op, asio::error::basic_errors why);
    void new_turn();

    bool advance() noexcept override;
    void after_turn() override;
    void release_resources() noexcept override;

    std::shared_ptr<operation> waiting_;
    std::shared_ptr<operation> done_;  // has its answer; its handler is called after this turn
    outstanding_work work_;            // of the one that waits
    ticket scope_;                     // empty: a pulled pipeline has no completion
    // A turn spans all the operations that are answered at once, so that a coroutine that never has
    // to wait still lets others run when its budget is spent.
    std::optional<poll_context> turn_;
    std::optional<poll_context::single_items> one_at_a_time_;
};

}  // namespace weir::detail
