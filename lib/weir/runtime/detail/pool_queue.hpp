/// A pool queue: the executor that operations of one pool run on.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/detail/atomic_intrusive_queue.hpp>
#include <weir/runtime/detail/task.hpp>

#include <atomic>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// A queue of things to run on a strand, one after the other. Its executor behaves like that
/// strand: nothing of a pool queue runs at the same time as anything else there. But a stream that
/// is polled on the strand may also `step` through it, and then nothing needs to be posted.
///
/// Life: what is queued keeps a turn posted on the strand, and that keeps the pool queue. A context
/// that is destroyed drops the turn, and with it what is queued.
class pool_queue : public reference_counted<pool_queue> {
public:
    class executor;

    /// `strand` must be one.
    static counted_ptr<pool_queue> make(const asio::any_io_executor& strand) {
        return counted_ptr<pool_queue>::adopt(new pool_queue(strand));
    }

    executor get_executor() noexcept;

    /// Queues `f`. Thread-safe.
    template <class Function>
    void post(Function&& f) {
        auto& fresh = *function_task<std::decay_t<Function>>::make(std::forward<Function>(f));
        if (posted_.put(fresh) && !turn_is_posted_.exchange(true)) post_turn();
    }

    /// On the strand: whether there is something to run, and running the first of it. What that
    /// throws comes through.
    bool ready() const noexcept { return next_ != nullptr || !posted_.empty(); }
    void step() {
        task* const first = next_ ? next_ : posted_.take();
        next_ = first->link();
        first->run();
    }

private:
    friend reference_counted<pool_queue>;

    /// A turn on its way through the strand.
    class turn {
    public:
        explicit turn(pool_queue& l) noexcept : queue_(counted_ptr<pool_queue>::share(&l)) {}
        turn(turn&&) noexcept = default;
        turn& operator=(turn&&) = delete;
        ~turn() {
            if (queue_) queue_->drop();
        }
        void operator()() {
            const auto self = std::move(queue_);
            self->take_turn();
        }

    private:
        counted_ptr<pool_queue> queue_;
    };

    explicit pool_queue(const asio::any_io_executor& strand)
        : strand_(asio::require(strand, asio::execution::blocking.never)),
          context_(asio::query(strand, asio::execution::context)) {}
    ~pool_queue() = default;

    void post_turn() { strand_.execute(turn(*this)); }

    /// Runs what is there now. What that queues is for the next turn, so that others on the strand
    /// have theirs.
    void take_turn() {
        // Cleared before the queue is checked, because `post` queues first and then sets it.
        turn_is_posted_.store(false);
        const finally_post rest(*this);
        run_taken();
        next_ = posted_.take();
        run_taken();
    }
    void run_taken() {
        while (next_) step();
    }

    /// Where one of them threw, the others still have their turn.
    struct finally_post {
        explicit finally_post(pool_queue& l) noexcept : of(l) {}
        finally_post(const finally_post&) = delete;
        finally_post& operator=(const finally_post&) = delete;
        ~finally_post() {
            if (of.ready() && !of.turn_is_posted_.exchange(true)) of.post_turn();
        }
        pool_queue& of;
    };

    /// The context goes.
    void drop() noexcept {
        turn_is_posted_.store(false);
        while (ready()) {
            task* const first = next_ ? next_ : posted_.take();
            next_ = first->link();
            first->drop();
        }
    }

    asio::any_io_executor strand_;
    asio::execution_context& context_;
    atomic_intrusive_queue<task> posted_;
    // True from the post of a turn until the turn begins. Set after something was queued, cleared
    // before the queue is looked at, both sequentially consistent: one of the two sees the other.
    std::atomic<bool> turn_is_posted_{false};
    task* next_ = nullptr;  // taken from `posted_`; the strand's
};

/// Small enough to sit in an `any_io_executor` as it is. Never runs anything inline.
class pool_queue::executor {
public:
    explicit executor(pool_queue& l) noexcept : queue_(counted_ptr<pool_queue>::share(&l)) {}

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return queue_->context_;
    }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    executor require(asio::execution::blocking_t::never_t) const noexcept { return *this; }

    template <class Function>
    void execute(Function&& f) const {
        queue_->post(std::forward<Function>(f));
    }

    friend bool operator==(const executor& a, const executor& b) noexcept {
        return a.queue_.get() == b.queue_.get();
    }

private:
    counted_ptr<pool_queue> queue_;
};

inline pool_queue::executor pool_queue::get_executor() noexcept {
    return executor(*this);
}

}  // namespace weir::detail
