/// seeded_context: an execution context that runs ready handlers in an order decided by a seed.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/error.hpp>
#include <weir/testing/random.hpp>
#include <weir/testing/virtual_clock.hpp>

#include <absl/functional/any_invocable.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir::testing {

/// The error of `run` and `run_until` when nothing is ready, no timer is set, and the test is not
/// done. Usually a wake-up was forgotten. The text contains the seed.
class deadlock_error : public weir::error {
public:
    using weir::error::error;
};

/// Runs handlers one at a time, on the calling thread. It picks each one at random among the ready
/// handlers. The same seed makes the same choices, so every interleaving can be replayed.
///
///     seeded_context ctx(42);
///     auto sum = start(ctx, numbers() | weir::buffer(4) | weir::fold(0, std::plus<>()));
///     ctx.run();                       // or run_until([&] { return sum->done; })
///     CHECK(sum->get() == 55);
///
/// Its executor is an ordinary one: it supports strands, `any_io_executor`, `co_spawn`, and timers
/// of `virtual_time`. Each segment of a pipeline has its own strand. So the turns of segments are
/// taken in every order, while the order inside a strand is kept.
/// Time is a `virtual_clock` that moves only when nothing is ready (`run`, `run_until`), and then
/// to the next deadline. Blocking work runs as one more handler.
///
/// Two runs differ if they depend on other threads, the machine's clock, addresses, or streams that
/// are ready for more than 256 items at a time (because their turns are measured in real time).
/// Thread-safe: the executor. All else belongs to the thread that runs the context.
class seeded_context : public asio::execution_context {
    template <bool Tracked>
    class basic_executor;

public:
    using executor_type = basic_executor<false>;

    explicit seeded_context(std::uint64_t seed);
    seeded_context(const seeded_context&) = delete;
    seeded_context& operator=(const seeded_context&) = delete;
    ~seeded_context();

    executor_type get_executor() noexcept;

    std::uint64_t seed() const noexcept { return seed_; }
    /// The random numbers of the context. A test may also use them for its own choices, so that
    /// these are replayed too.
    seeded_random& random() noexcept { return random_; }
    virtual_clock& time() noexcept { return *time_; }

    /// Runs one handler. False when none is ready.
    bool run_one();
    /// Runs handlers until none is ready; time does not move. Returns how many ran.
    std::size_t settle();
    /// Runs handlers until `done()`, which is asked after each handler. If none is ready, time
    /// moves. Throws `deadlock_error` if nothing is left to do before that.
    void run_until(const std::function<bool()>& done);
    /// Runs until all work is done: until no work guard is held and no handler is waited for.
    /// Throws `deadlock_error` if there is still work but no way to go on.
    void run();

    /// How many handlers are ready.
    std::size_t ready() const;

private:
    using function = absl::AnyInvocable<void()>;

    void post(function f);
    bool move_time();
    [[noreturn]] void stuck(const char* why) const;

    const std::uint64_t seed_;
    seeded_random random_;
    std::shared_ptr<virtual_clock> time_;
    mutable std::mutex mutex_;
    std::vector<function> ready_;
    bool gone_ = false;  // being destroyed: handlers posted now are dropped
    std::atomic<std::size_t> work_{0};
};

/// The context's executor. A `Tracked` executor counts as work of the context while it lives.
template <bool Tracked>
class seeded_context::basic_executor {
public:
    explicit basic_executor(seeded_context& context) noexcept : context_(&context) { begin(); }
    basic_executor(const basic_executor& other) noexcept : context_(other.context_) { begin(); }
    // A moved-from executor holds no work, because Asio's work guard does not destroy an executor
    // that it has moved from.
    basic_executor(basic_executor&& other) noexcept
        : context_(Tracked ? std::exchange(other.context_, nullptr) : other.context_) {}
    basic_executor& operator=(basic_executor other) noexcept {
        std::swap(context_, other.context_);
        return *this;
    }
    ~basic_executor() {
        if constexpr (Tracked) {
            if (context_) --context_->work_;
        }
    }

    asio::execution_context& query(asio::execution::context_t) const noexcept { return *context_; }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    static constexpr asio::execution::outstanding_work_t query(
        asio::execution::outstanding_work_t) noexcept {
        if constexpr (Tracked) return asio::execution::outstanding_work.tracked;
        return asio::execution::outstanding_work.untracked;
    }
    basic_executor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
    basic_executor<true> require(asio::execution::outstanding_work_t::tracked_t) const noexcept {
        return basic_executor<true>(*context_);
    }
    basic_executor<false> require(asio::execution::outstanding_work_t::untracked_t) const noexcept {
        return basic_executor<false>(*context_);
    }

    template <class F>
    void execute(F&& f) const {
        context_->post(function(std::forward<F>(f)));
    }

    friend bool operator==(const basic_executor&, const basic_executor&) noexcept = default;

private:
    void begin() noexcept {
        if constexpr (Tracked) ++context_->work_;
    }

    seeded_context* context_;
};

inline seeded_context::executor_type seeded_context::get_executor() noexcept {
    return executor_type(*this);
}

}  // namespace weir::testing
