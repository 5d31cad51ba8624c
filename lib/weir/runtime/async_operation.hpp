/// One Asio operation inside a stream: started in a poll, awaited by polling.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace weir {

/// What a leaf stream holds to wait for an asynchronous operation that completes with `Results`.
///
///     if (!read_.started()) read_.start(cx, [&](auto handler) {
///         socket_.async_read_some(asio::buffer(*block_), std::move(handler));
///     });
///     auto done = read_.poll(cx);            // std::optional<std::tuple<error_code, size_t>>
///     if (!done) return poll_state::pending; // the segment is woken when it completes
///
/// The handler may be called on any thread. What it needs is owned jointly by it and this object;
/// buffers must be kept alive by the initiating function's own shared ownership (capture a
/// shared_ptr in `keep`). Destroying it asks the operation to cancel and does not wait; the
/// pipeline's completion does, for the handler holds a ticket.
/// Not thread-safe: part of its stream.
template <class... Results>
class async_operation {
    struct state {
        waker_slot waiting;
        std::atomic<bool> done{false};  // false -> true once, after `results` was written
        std::optional<std::tuple<Results...>> results;
        asio::cancellation_signal cancel;
        asio::any_io_executor executor;
        ticket scope;
        std::shared_ptr<void> kept;
        // false -> true once: by the first of a cancellation, which then uses the executor, and
        // `drop`, which lets go of it.
        std::atomic<bool> claimed{false};

        // The handler was destroyed uncalled: its context goes. The stream may outlive that, so
        // nothing of the context may stay here. Asio leaves a strand in the slot, too.
        void drop() noexcept {
            if (!claimed.exchange(true)) executor = asio::any_io_executor();
            cancel.slot().clear();
            kept.reset();
            scope.reset();
        }
    };

    class completion_handler {
    public:
        using executor_type = asio::any_io_executor;
        using cancellation_slot_type = asio::cancellation_slot;

        explicit completion_handler(std::shared_ptr<state> s) : state_(std::move(s)) {}
        completion_handler(completion_handler&&) noexcept = default;
        completion_handler& operator=(completion_handler&&) = delete;
        ~completion_handler() {
            if (state_) state_->drop();
        }
        executor_type get_executor() const noexcept { return state_->executor; }
        cancellation_slot_type get_cancellation_slot() const noexcept {
            return state_->cancel.slot();
        }
        void operator()(Results... results) {
            auto s = std::move(state_);
            const ticket scope = std::move(s->scope);
            s->kept.reset();
            s->results.emplace(std::move(results)...);
            s->done.store(true);  // before the wake-up: see waker_slot
            s->waiting.wake();
            // The ticket goes last, when `scope` does: once it is gone the pipeline may complete,
            // and its context with it, which the state's executor must not outlive.
            s.reset();
        }

    private:
        std::shared_ptr<state> state_;
    };

public:
    async_operation() = default;
    async_operation(async_operation&&) noexcept = default;
    async_operation& operator=(async_operation&& other) noexcept {
        cancel();
        state_ = std::move(other.state_);
        return *this;
    }
    ~async_operation() { cancel(); }

    bool started() const noexcept { return state_ != nullptr; }

    /// Starts the operation: `initiate(handler)` must arrange for the handler to be called once,
    /// with `Results...`. `keep` is held until then.
    template <class Initiate>
    void start(poll_context& cx, Initiate&& initiate, std::shared_ptr<void> keep = nullptr) {
        state_ = std::make_shared<state>();
        state_->executor = cx.executor();
        state_->scope = cx.hold();
        state_->kept = std::move(keep);
        std::forward<Initiate>(initiate)(completion_handler(state_));
    }

    /// The results, once; nothing while the operation runs, and then the poller will be woken.
    /// After results were returned the object is free for the next operation.
    std::optional<std::tuple<Results...>> poll(poll_context& cx) {
        if (!state_->done.load()) {
            state_->waiting.arm(cx.poller());
            if (!state_->done.load()) return std::nullopt;
            state_->waiting.disarm();
        }
        auto results = std::move(state_->results);
        state_.reset();
        return results;
    }

    /// Asks the operation to stop and forgets it.
    void cancel() noexcept {
        if (!state_) return;
        auto s = std::move(state_);
        s->waiting.disarm();
        if (s->done.load() || s->claimed.exchange(true)) return;
        // A signal may only be emitted where the handler cannot be running: on its executor. If
        // that takes a while, the handler may come first: its result must go with it then.
        auto executor = s->executor;
        auto emit = [operation = std::weak_ptr<state>(s)] {
            if (auto left = operation.lock()) left->cancel.emit(asio::cancellation_type::terminal);
        };
        s.reset();
        asio::dispatch(executor, std::move(emit));
    }

private:
    std::shared_ptr<state> state_;
};

}  // namespace weir
