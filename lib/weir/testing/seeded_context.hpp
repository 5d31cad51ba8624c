/// An execution context that runs what is ready in an order that a seed decides.
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

/// What `run` and `run_until` throw when nothing is ready, nobody waits for a time, and the test is
/// not done: somebody has forgotten to wake somebody. The text names the seed.
class deadlock_error : public weir::error {
public:
    using weir::error::error;
};

/// Runs handlers one at a time, on the calling thread, and picks each at random among those that
/// are ready. The same seed makes the same choices, so every interleaving can be had again.
///
///     seeded_context ctx(42);
///     auto sum = start(ctx, numbers() | weir::buffer(4) | weir::fold(0, std::plus<>()));
///     ctx.run();                       // or run_until([&] { return sum->done; })
///     CHECK(sum->get() == 55);
///
/// Its executor is an ordinary one: strands over it, `any_io_executor`, `co_spawn`, timers of
/// `virtual_time`. Each segment of a pipeline has its own strand, so the turns of segments are
/// taken in every order, and each order inside a strand is kept.
/// Time is a `virtual_clock` that moves only when nothing is ready (`run`, `run_until`), and then
/// to the next time somebody waits for. Blocking work runs as one more handler.
///
/// What would make two runs differ: other threads, the machine's clock, addresses, and streams
/// that are ready for more than 256 items on end (their turns are measured in real time).
/// Thread-safe: the executor. All else belongs to the thread that runs it.
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
    /// The dice, also for the test's own choices: they replay with the rest.
    seeded_random& random() noexcept { return random_; }
    virtual_clock& time() noexcept { return *time_; }

    /// Runs one handler. False when none is ready.
    bool run_one();
    /// Runs handlers until none is ready; time stands still. Returns how many ran.
    std::size_t settle();
    /// Runs handlers, and moves time where none is ready, until `done()`, which is asked after each
    /// handler. Throws `deadlock_error` when there is nothing left to do before that.
    void run_until(const std::function<bool()>& done);
    /// Runs until all work is done: until nobody holds a work guard or waits for a handler. Throws
    /// `deadlock_error` if there is work and nothing to do.
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
    bool gone_ = false;  // being destroyed: what is posted now is dropped
    std::atomic<std::size_t> work_{0};
};

/// The context's executor. `Tracked`: while it lives, the context has work.
template <bool Tracked>
class seeded_context::basic_executor {
public:
    explicit basic_executor(seeded_context& context) noexcept : context_(&context) { begin(); }
    basic_executor(const basic_executor& other) noexcept : context_(other.context_) { begin(); }
    // Moved from, it holds no work: Asio's work guard does not destroy what it has moved from.
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
