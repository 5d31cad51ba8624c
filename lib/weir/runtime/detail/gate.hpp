/// The way into an execution context for threads that are not its own.
#pragma once

#include <weir/core/asio.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Lets threads from elsewhere hand work to a context, and the context wait until they are out.
///
/// A thread that posts the last thing a context was waiting for is still inside the post when that
/// thing runs, and its handler may destroy the context. So weir posts from inside the gate,
/// and a context that shuts down closes the gate first: it waits for those inside, and later ones
/// find it shut. One a context, shared by all its callers. Thread-safe; never blocks but
/// in `close`.
class gate {
public:
    /// A stay inside the gate, for as long as it lives. False when the gate was shut: keep out.
    class pass {
    public:
        explicit pass(gate& g) noexcept : gate_(g.enter() ? &g : nullptr) {}
        pass(const pass&) = delete;
        pass& operator=(const pass&) = delete;
        ~pass() {
            if (gate_) gate_->leave();
        }
        explicit operator bool() const noexcept { return gate_ != nullptr; }

    private:
        gate* gate_;
    };

    /// Shuts the gate for good and waits until no thread is inside. Never from the inside.
    void close() noexcept {
        auto seen = state_.fetch_or(closed, std::memory_order_acq_rel) | closed;
        while (seen != closed) {
            state_.wait(seen, std::memory_order_acquire);
            seen = state_.load(std::memory_order_acquire);
        }
    }

private:
    bool enter() noexcept {
        if ((state_.fetch_add(one, std::memory_order_acq_rel) & closed) == 0) return true;
        leave();
        return false;
    }
    void leave() noexcept {
        if (state_.fetch_sub(one, std::memory_order_acq_rel) == (one | closed)) {
            state_.notify_all();
        }
    }

    static constexpr std::uint32_t closed = 1;
    static constexpr std::uint32_t one = 2;

    // Twice the number of threads inside, and 1 when shut. Release on the way out and acquire in
    // `close` make all that was done inside happen before the context goes.
    std::atomic<std::uint32_t> state_{0};
};

/// The gate of `context`, made when first asked for. Thread-safe. The context must be alive; what
/// is returned may outlive it.
std::shared_ptr<gate> gate_of(asio::execution_context& context);

/// Where a handler is at home: the way back to its executor, from whatever thread.
///
/// Keeps the executor's context from running out of work; destroying it unposted is no error.
template <class Executor>
class handler_poster {
public:
    explicit handler_poster(const Executor& executor)
        : work_(executor), gate_(find_gate(executor)) {}

    /// Posts `f`, once. Where the context is going, `f` is dropped.
    template <class Function>
    void post(Function f) && {
        const auto entrance = std::move(gate_);
        const gate::pass pass(*entrance);
        const auto executor = work_.get_executor();
        auto go = [f = std::move(f), work = std::move(work_)]() mutable {
            release_resources(std::move(work));  // once `f` has run, the context may be gone
            std::move(f)();
        };
        if (pass) asio::post(executor, std::move(go));
    }

private:
    static void release_resources(asio::executor_work_guard<Executor> work) { work.reset(); }

    static std::shared_ptr<gate> find_gate(const Executor& executor) {
        if constexpr (asio::can_query_v<Executor, asio::execution::context_t>) {
            return gate_of(asio::query(executor, asio::execution::context));
        } else {
            return gate_of(executor.context());  // an executor of the old kind
        }
    }

    asio::executor_work_guard<Executor> work_;
    std::shared_ptr<weir::detail::gate> gate_;
};

}  // namespace weir::detail
