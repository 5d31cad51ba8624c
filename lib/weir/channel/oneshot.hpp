/// oneshot: one value, once, from one side to the other. A reply.
#pragma once

#include <weir/channel/channel_closed.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/detail/op_driver.hpp>
#include <weir/runtime/detail/parker.hpp>
#include <weir/runtime/pull.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

/// What the two ends share. Use `oneshot<T>()`.
template <class T>
class oneshot_state {
    // The values of `status_`, and the side that may change each:
    //   open       both ends are there.                    the sender -> settled
    //                                                      the receiver -> abandoned
    //   settled    value_ or error_, or neither, is what the receiver gets, and is the receiver's.
    //   abandoned  the receiver went first.
    // Sequentially consistent, as the waker protocol asks of a condition (core/waker.hpp); that it
    // is release and acquire as well hands the value over.
    enum class status : std::uint8_t { open, settled, closed };

public:
    // --- the sender's side ---

    /// False, and `value` is as it was, when there is no receiver.
    bool send(T& value) {
        if (is_closed()) return false;
        value_.emplace(std::move(value));
        if (settle()) return true;
        value = std::move(*value_);
        value_.reset();
        return false;
    }
    bool fail(std::exception_ptr error) noexcept {
        if (is_closed()) return false;
        error_ = std::move(error);
        return settle();
    }
    bool settle() noexcept {
        watches_.disarm();
        status expected = status::open;
        if (!status_.compare_exchange_strong(expected, status::settled)) return false;
        waits_.wake();
        return true;
    }
    bool is_closed() const noexcept { return status_.load() == status::closed; }
    bool poll_abandoned(poll_context& cx) noexcept {
        if (is_closed()) return true;
        watches_.arm(cx.poller());
        if (!is_closed()) return false;
        watches_.disarm();
        return true;
    }

    // --- the receiver's side ---

    bool settled() const noexcept { return status_.load() == status::settled; }
    bool poll_settled(poll_context& cx) noexcept {
        if (settled()) return true;
        waits_.arm(cx.poller());
        if (!settled()) return false;
        waits_.disarm();
        return true;
    }
    void stop_waiting() noexcept { waits_.disarm(); }
    bool taken() const noexcept { return taken_; }
    /// The value, or throws. Precondition: settled.
    T take() {
        if (value_) {
            taken_ = true;
            T value = std::move(*value_);
            value_.reset();
            return value;
        }
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        throw channel_closed_error(taken_
                                       ? "weir::oneshot: its value was received before"
                                       : "weir::oneshot: the sender is gone and has sent nothing");
    }
    void receiver_closed() noexcept {
        waits_.disarm();
        if (status_.exchange(status::closed) == status::open) return watches_.wake();
        value_.reset();
        error_ = nullptr;
    }

private:
    std::atomic<status> status_{status::open};
    waker_slot waits_;        // the receiver, for what is sent
    waker_slot watches_;      // the sender, for the receiver to go away
    std::optional<T> value_;  // the sender's until settled, then the receiver's
    std::exception_ptr error_;
    bool taken_ = false;  // the receiver's
};

}  // namespace detail

/// The end that answers. Movable; used up by `send` or `fail`. Destroyed before that, it tells the
/// receiver that no value will come. Used by one thread at a time, which need not be the
/// receiver's.
template <class T>
class oneshot_sender {
    struct closed_op {
        detail::oneshot_state<T>* state;
        bool poll(poll_context& cx) noexcept { return !state || state->poll_abandoned(cx); }
        void result() noexcept {}
    };

public:
    explicit oneshot_sender(std::shared_ptr<detail::oneshot_state<T>> state)
        : state_(std::move(state)) {}
    oneshot_sender(oneshot_sender&&) noexcept = default;
    oneshot_sender& operator=(oneshot_sender&& other) noexcept {
        drop();
        state_ = std::move(other.state_);
        return *this;
    }
    ~oneshot_sender() { drop(); }

    /// Sends; never waits. False, and `value` is as it was, when the receiver is gone. (True does
    /// not promise that the receiver will look.) Uses the sender up, unless the move of `value`
    /// throws.
    bool send(T&& value) && {
        const bool sent = state_ && state_->send(value);
        state_.reset();
        return sent;
    }
    /// Sends an error, which the receiver throws. False when the receiver is gone.
    bool fail(std::exception_ptr error) && noexcept {
        const auto state = std::exchange(state_, nullptr);
        return state && state->fail(std::move(error));
    }

    /// True when the receiver is gone (or this sender is used up): do not bother to answer.
    bool is_closed() const noexcept { return !state_ || state_->is_closed(); }

    /// Waits until the receiver is gone: to stop work whose result is no longer wanted.
    ///
    ///     co_await reply.closed();    // in a coroutine of its own
    ///     search.cancel();
    ///
    /// One call at a time; the sender stays where it is, unused, until it completes.
    /// Cancellation: any type; ends with `operation_aborted`, and changes nothing.
    asio::awaitable<void> closed() { co_await poller_.start(closed_op(state_.get())); }
    /// The same with any completion token, signature `void(std::exception_ptr)`.
    template <class Token>
    auto async_closed(Token&& token) {
        return poller_.async_start(closed_op(state_.get()), std::forward<Token>(token));
    }

private:
    void drop() noexcept {
        if (const auto state = std::exchange(state_, nullptr)) state->settle();
    }

    std::shared_ptr<detail::oneshot_state<T>> state_;
    detail::op_driver poller_;
};

/// The end that asked: a future of one value, and a stream of one item. Movable; destroying it
/// tells the sender. Used by one thread at a time.
///
/// What comes out, whichever way it is received: the value, once; or the error of `fail`; or
/// `channel_closed_error` when the sender went away without either. So a reply that was lost never
/// looks like one, nor like an empty stream. Received again after the value:
/// `channel_closed_error`; the stream ends after its item. Cancel-safe: a cancelled receive has
/// taken nothing, and the next one gets it.
template <class T>
class oneshot_receiver : public pullable<oneshot_receiver<T>> {
    struct settled_op {
        detail::oneshot_state<T>* state;
        bool poll(poll_context& cx) noexcept { return state->poll_settled(cx); }
        void result() noexcept {}
    };
    struct value_op {
        detail::oneshot_state<T>* state;
        std::optional<T> value = {};
        bool poll(poll_context& cx) {
            if (!state->poll_settled(cx)) return false;
            value.emplace(state->take());
            return true;
        }
        T result() { return *std::move(value); }
    };

public:
    using value_type = T;

    explicit oneshot_receiver(std::shared_ptr<detail::oneshot_state<T>> state)
        : state_(std::move(state)) {}
    oneshot_receiver(oneshot_receiver&&) noexcept = default;
    oneshot_receiver& operator=(oneshot_receiver&& other) noexcept {
        pullable<oneshot_receiver>::operator=(other);
        std::swap(state_, other.state_);
        return *this;
    }
    ~oneshot_receiver() {
        if (state_) state_->receiver_closed();
    }

    /// Waits for the value. One call at a time; the receiver stays where it is until it completes.
    asio::awaitable<T> receive() {
        if (!state_->settled()) co_await poller_.start(settled_op(state_.get()));
        co_return state_->take();
    }
    /// The same with any completion token, signature `void(std::exception_ptr, T)`, where `T` has a
    /// default value.
    template <class Token>
    auto async_receive(Token&& token) {
        return poller_.async_start(value_op(state_.get()), std::forward<Token>(token));
    }
    /// The value if it is there, nothing if it may yet come.
    std::optional<T> try_receive() {
        if (!state_->settled()) return std::nullopt;
        return state_->take();
    }
    /// Blocks the calling thread, which must not be one that runs tasks.
    T blocking_receive() {
        detail::block_until([this](poll_context& cx) { return state_->poll_settled(cx); });
        return state_->take();
    }
    /// The same until `deadline` at most, and then nothing: the value may yet come.
    std::optional<T> blocking_receive_until(std::chrono::steady_clock::time_point deadline) {
        auto ready = [this](poll_context& cx) { return state_->poll_settled(cx); };
        if (detail::block_until(ready, deadline)) return state_->take();
        state_->stop_waiting();
        return std::nullopt;
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (state_->taken()) return poll_state::finished;
        if (!state_->poll_settled(cx)) return poll_state::pending;
        return sink(state_->take()) ? poll_state::finished : poll_state::paused;
    }

private:
    std::shared_ptr<detail::oneshot_state<T>> state_;
    detail::op_driver poller_;
};

template <class T>
struct oneshot_ends {
    oneshot_sender<T> sender;
    oneshot_receiver<T> receiver;
};

/// Makes a channel for one value, such as the reply to a request.
///
///     auto [reply, answer] = weir::oneshot<price>();
///     requests.try_send({symbol, std::move(reply)});       // the other side answers:
///     std::move(reply).send(p) price p = co_await answer.receive();
///
/// Cost: one allocation for both ends; a receiver that has to wait makes a poller for itself.
template <class T>
oneshot_ends<T> oneshot() {
    auto state = std::make_shared<detail::oneshot_state<T>>();
    return {oneshot_sender<T>(state), oneshot_receiver<T>(state)};
}

}  // namespace weir
