/// generator: streams written as coroutines.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/async_operation.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {

/// A stream written as a coroutine: `co_yield` an item, `co_await` whatever the item needs.
///
///     weir::generator<int> evens(weir::any_stream<int> in) {
///         while (auto x = co_await in.next())
///             if (*x % 2 == 0) co_yield *x;
///     }
///
/// The body may await `s.next()` of any stream. This polls the stream, without allocation, without
/// a hop, and without growing the stack however many items are ready. The body may also await any
/// `asio::awaitable`, which then runs on the segment's strand. Take parameters by value, because
/// the coroutine outlives its call.
///
/// Order: as yielded.
/// End: `co_return`, or the end of the body.
/// Errors: an exception that leaves the body becomes a `stage_error` named "generator".
/// Cancellation: the frame is destroyed at its suspension point; the destructors of its locals run.
/// Not thread-safe: polled on its segment's strand.
/// Cost: one frame; one resumption per item.
template <class T>
class [[nodiscard]] generator : public pullable<generator<T>> {
public:
    using value_type = T;
    class promise_type;

    generator(generator&& other) noexcept
        : pullable<generator>(std::move(other)), frame_(std::exchange(other.frame_, nullptr)) {}
    generator& operator=(generator&& other) noexcept {
        pullable<generator>::operator=(other);
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~generator() {
        if (frame_) frame_.destroy();
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!frame_) return poll_state::finished;  // moved from
        promise_type& promise = frame_.promise();
        std::size_t granted = 0;
        for (;;) {
            if (granted == 0 && (granted = cx.grant(batch)) == 0) return poll_state::pending;
            --granted;
            if (!promise.resume(cx)) return poll_state::pending;
            if (frame_.done()) {
                promise.finish();
                return poll_state::finished;
            }
            if (!sink(promise.take())) return poll_state::paused;
        }
    }

private:
    static constexpr std::size_t batch = 64;

    explicit generator(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

    std::coroutine_handle<promise_type> frame_;
};

template <class T>
class generator<T>::promise_type {
    // An operation that the body awaits, if it is not suspended at a `co_yield`.
    struct waiting {
        virtual bool ready(poll_context& cx) = 0;

    protected:
        ~waiting() = default;
    };

    // co_await s.next()
    template <class S>
    struct next_awaiter final : waiting {
        next_awaiter(promise_type& p, S& s) : promise(p), stream(s) {}

        // Out of line, so that an item that is ready in the stream itself costs only a check.
        [[gnu::noinline]] bool ready(poll_context& cx) override {
            const poll_context::single_items one_at_a_time(cx);
            return stream.poll_next(cx, item);
        }
        bool await_ready() { return stream.take_ready(item) || ready(*promise.cx_); }
        void await_suspend(std::coroutine_handle<>) noexcept { promise.waits_for_ = this; }
        std::optional<item_t<S>> await_resume() {
            promise.rethrow();
            // Does not return the optional as a whole. Compilers copy that in one piece, and then
            // the processor must wait until the two pieces just written have arrived.
            if (!item) return std::nullopt;
            return std::optional<item_t<S>>(*std::move(item));
        }

        promise_type& promise;
        S& stream;
        std::optional<item_t<S>> item;
    };

    // co_await an asio::awaitable<R>: it is spawned on the segment's strand, and its outcome is
    // polled.
    template <class R>
    struct task_awaiter final : waiting {
        using value = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

        task_awaiter(promise_type& p, asio::awaitable<R> t) : promise(p), task(std::move(t)) {}

        bool ready(poll_context& cx) override {
            outcome = operation.poll(cx);
            return outcome.has_value();
        }
        bool await_ready() {
            poll_context& cx = *promise.cx_;
            auto initiate = [&](auto handler) {
                if constexpr (std::is_void_v<R>) {
                    auto slot = handler.get_cancellation_slot();
                    auto report = [handler = std::move(handler)](std::exception_ptr e) mutable {
                        handler(std::move(e), value());
                    };
                    asio::co_spawn(cx.executor(), std::move(task),
                                   asio::bind_cancellation_slot(slot, std::move(report)));
                } else {
                    asio::co_spawn(cx.executor(), std::move(task), std::move(handler));
                }
            };
            operation.start(cx, initiate);
            return ready(cx);
        }
        void await_suspend(std::coroutine_handle<>) noexcept { promise.waits_for_ = this; }
        R await_resume() {
            promise.rethrow();
            auto& [error, result] = *outcome;
            if (error) std::rethrow_exception(error);
            if constexpr (!std::is_void_v<R>) return std::move(result);
        }

        promise_type& promise;
        asio::awaitable<R> task;
        async_operation<std::exception_ptr, value> operation;
        std::optional<std::tuple<std::exception_ptr, value>> outcome;
    };

public:
    generator get_return_object() {
        detail::check_frame_alignment<T>();
        return generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    std::suspend_always yield_value(T&& x) noexcept {
        item_ = std::addressof(x);  // lives in the frame until the frame is resumed
        return {};
    }
    auto yield_value(const T& x)
        requires std::copy_constructible<T>
    {
        struct copied {
            T copy;
            promise_type& promise;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<>) noexcept { promise.item_ = &copy; }
            void await_resume() const noexcept {}
        };
        return copied{x, *this};
    }

    template <class S>
    next_awaiter<S> await_transform(const detail::next_operation<S>&& next) {
        detail::check_frame_alignment<item_t<S>>();
        return next_awaiter<S>(*this, next.stream());
    }
    template <class R>
    task_awaiter<R> await_transform(asio::awaitable<R> task) {
        detail::check_frame_alignment<R>();
        return task_awaiter<R>(*this, std::move(task));
    }

private:
    friend class generator;

    /// Runs the body until it yields or ends. False when the body waits for an operation.
    bool resume(poll_context& cx) {
        cx_ = &cx;
        if (waits_for_) {
            if (!ready(cx)) return false;
            waits_for_ = nullptr;
        }
        std::coroutine_handle<promise_type>::from_promise(*this).resume();
        return waits_for_ == nullptr;
    }

    // Stores an exception of the awaited stream, because it must be thrown inside the body, at its
    // co_await.
    bool ready(poll_context& cx) noexcept {
        try {
            return waits_for_->ready(cx);
        } catch (...) {
            error_ = std::current_exception();
            return true;
        }
    }

    void rethrow() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

    /// Throws an exception that left the body, under the generator's name unless it already names a
    /// stage.
    void finish() {
        try {
            rethrow();
        } catch (const stage_error&) {
            throw;
        } catch (...) {
            stage("generator").fail();
        }
    }

    T&& take() noexcept { return std::move(*item_); }

    poll_context* cx_ = nullptr;
    waiting* waits_for_ = nullptr;
    T* item_ = nullptr;
    std::exception_ptr error_;
};

}  // namespace weir
