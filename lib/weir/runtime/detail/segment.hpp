/// Segments: what polls.
///
/// A segment is one chain of fused steps, driven on one strand: nothing of it ever runs on two
/// threads at once. It is polled when woken, in turns bounded by a budget, and any number of
/// wake-ups between two turns make one turn.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/poll.hpp>
#include <weir/runtime/detail/gate.hpp>
#include <weir/runtime/detail/serial_queue.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace weir::detail {

/// The executor that runs one thing at a time on `executor`, whatever that was: a strand around
/// it, or around what it already was a strand of.
asio::any_io_executor make_segment_executor(const asio::any_io_executor& executor);

/// True when `executor` is known to be a strand.
bool is_strand(const asio::any_io_executor& executor);

/// The wake-up machine every segment shares. Derive, and say what a turn does.
///
/// Life: created, `start()`ed, takes turns until `advance` says it is over, and is then closed.
/// While it lives, the execution context knows it (see segment_registry.hpp): a context that is
/// destroyed abandons its segments, which releases everything they hold.
class segment : public wakeable {
public:
    /// Thread-safe. A closed segment ignores it.
    void wake() noexcept final { wake(&serial_queue::push); }
    void wake_next() noexcept final { wake(&serial_queue::push_next); }
    bool hands_over() const noexcept final { return queue_ && queue_->hands_over(); }

    /// Asks the segment to end early; `advance` sees `cancelled()`. Thread-safe, idempotent.
    void cancel() noexcept;

    /// Releases everything without completing. Called when the execution context goes away, or
    /// on the segment's strand.
    void abandon() noexcept;

    /// The strand it runs on; empty once it is closed.
    const asio::any_io_executor& executor() const noexcept { return executor_; }

protected:
    /// `executor` runs the turns and must be a strand or a single thread.
    explicit segment(asio::any_io_executor executor, poll_budget budget = {});
    ~segment() override;

    /// Enlists the segment in its context and takes the first turn soon.
    void start();
    /// Enlists it without a turn: for a segment that is driven from outside until it must wait.
    void enlist();
    /// No more turns. On the strand only.
    void close() noexcept;

    bool closed() const noexcept {
        return state_.load(std::memory_order_acquire) == status::closed;
    }
    bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
    const poll_budget& budget() const noexcept { return budget_; }

    /// One turn. True when the segment is over; then `release_resources` is called. Must not throw.
    virtual bool advance() noexcept = 0;
    /// What is to be done outside the turn, after it. May throw, as any handler may.
    virtual void after_turn() {}
    /// Destroys what the segment owns, so that operations are cancelled and cycles broken.
    virtual void release_resources() noexcept = 0;

private:
    // The values of `state_`, and the side that may change each:
    //   idle      nothing to do.                     any waker -> scheduled (and posts a turn)
    //   scheduled a turn is posted.                  the turn -> running
    //   running   a turn is running.                 any waker -> notified; the turn -> idle
    //   notified  woken during a turn.               the turn -> scheduled (and posts another)
    //   closed    no more turns, ever.               never changes
    // All changes are acquire-release, so that what a waker wrote before `wake()` is seen by the
    // turn that follows.
    enum class status : std::uint8_t { idle, scheduled, running, notified, closed };

    using way_to_push = void (serial_queue::*)(task&) noexcept;

    void wake(way_to_push how) noexcept;
    void post_turn(way_to_push how);
    void take_turn() noexcept;
    void leave_context() noexcept;

    // A turn in the queue. It holds a reference to its segment.
    class turn final : public task {
    public:
        explicit turn(segment& owner) noexcept : owner_(owner) {}

    private:
        void run() override;
        void drop() noexcept override { owner_.release(); }
        segment& owner_;
    };

    asio::any_io_executor executor_;
    // The way there: the queue, where the executor is one's; otherwise the same executor, which
    // never runs anything inline.
    counted_ptr<serial_queue> queue_;
    asio::any_io_executor poster_;
    turn turn_{*this};
    std::shared_ptr<gate> way_in_;
    poll_budget budget_;
    std::atomic<status> state_{status::idle};
    std::atomic<bool> cancelled_{false};
    bool enlisted_ = false;
};

}  // namespace weir::detail
