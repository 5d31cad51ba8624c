/// The strand of a segment: runs what it is given one at a time.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/detail/task.hpp>

#include <atomic>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// A queue of tasks that run one at a time and in order, on the threads of an executor. What
/// `asio::strand` is, for tasks that live elsewhere until they run: a segment's turn costs no
/// allocation, no lock and no counting of references here.
///
/// It can also hand a thread over: a segment that waits, having given another something to do, lets
/// that one go on at once, where a post would go through the executor's lock and wake a thread that
/// finds nothing left to do.
///
/// Thread-safety: `push`, `push_next` and `running_here`. What is pushed from outside keeps the
/// context from going away meanwhile (gate.hpp), as with all of Asio.
class serial_queue : public reference_counted<serial_queue> {
public:
    /// `inner` is no strand.
    static counted_ptr<serial_queue> make(const asio::any_io_executor& inner);
    serial_queue(const serial_queue&) = delete;
    serial_queue& operator=(const serial_queue&) = delete;

    /// Has `t` run soon, and never from within this call.
    void push(task& t) noexcept;
    /// The same, for a caller that is about to return to its executor: this thread may run `t`
    /// next.
    void push_next(task& t) noexcept;
    /// Wakes `target`, in a handler that does nothing else: a queue that has something to run then
    /// does so at once, on this thread, where it is one of the queue's context. A push would have
    /// the context wake another. Throws what the tasks throw.
    static void wake_here(wakeable& target);
    /// True when what it runs may have another queue run next.
    bool hands_over() const noexcept { return io_.has_value(); }
    /// True in what it runs.
    bool running_here() const noexcept;

    const asio::any_io_executor& inner() const noexcept { return inner_; }

private:
    friend reference_counted<serial_queue>;
    class relay;
    class scope;
    struct entry;

    explicit serial_queue(const asio::any_io_executor& inner);
    ~serial_queue() = default;

    bool put(task& t) noexcept;
    void schedule() noexcept;
    void schedule_here() noexcept;
    void run();
    void drop_all() noexcept;
    bool take_batch() noexcept;
    bool try_finish() noexcept;
    static task* busy() noexcept;

    const asio::any_io_executor inner_;
    // How it gets there: the common one without type erasure.
    std::optional<asio::io_context::executor_type> io_;
    asio::any_io_executor other_;

    // The tasks that have arrived, the last first. Its values, and the side that may change each:
    //   null       nothing to do.                        push -> a list (and schedules a run)
    //   busy()     a run is scheduled or under way, and no task has arrived since it took the
    //   others.
    //                                                    push -> a list; the run -> null
    //   a list     likewise, and these have come.        push -> a longer one; the run -> busy()
    // All lists end in busy(). Changes are acquire-release: the writes of the pushing thread are
    // visible to the task, and each run sees what the one before it wrote.
    std::atomic<task*> inbox_{nullptr};
    task* batch_ = nullptr;  // taken, in order; the run's alone
};

/// The executor of a serial queue, for all else that is to run there: what Asio does with handlers.
/// Destroying it is harmless when its context is gone, unless it tracks work.
class serial_executor {
public:
    explicit serial_executor(counted_ptr<serial_queue> queue) noexcept : queue_(std::move(queue)) {}

    const counted_ptr<serial_queue>& queue() const noexcept { return queue_; }

    asio::execution_context& query(asio::execution::context_t) const noexcept {
        return asio::query(queue_->inner(), asio::execution::context);
    }
    asio::execution::blocking_t query(asio::execution::blocking_t) const noexcept {
        if (never_) return asio::execution::blocking.never;
        return asio::execution::blocking.possibly;
    }
    asio::execution::outstanding_work_t query(asio::execution::outstanding_work_t) const noexcept {
        if (tracker_) return asio::execution::outstanding_work.tracked;
        return asio::execution::outstanding_work.untracked;
    }
    serial_executor require(asio::execution::blocking_t::never_t) const noexcept {
        serial_executor other = *this;
        other.never_ = true;
        return other;
    }
    serial_executor require(asio::execution::blocking_t::possibly_t) const noexcept {
        serial_executor other = *this;
        other.never_ = false;
        return other;
    }
    serial_executor require(asio::execution::outstanding_work_t::tracked_t) const {
        serial_executor other = *this;
        other.tracker_ = counted_ptr<tracker>::adopt(new tracker(queue_->inner()));
        return other;
    }
    serial_executor require(asio::execution::outstanding_work_t::untracked_t) const noexcept {
        serial_executor other = *this;
        other.tracker_.reset();
        return other;
    }

    template <class F>
    void execute(F&& f) const {
        using function = std::remove_cvref_t<F>;
        if (!never_ && queue_->running_here()) {
            function local(std::forward<F>(f));
            std::move(local)();
        } else {
            queue_->push(*function_task<function>::make(std::forward<F>(f)));
        }
    }

    friend bool operator==(const serial_executor& a, const serial_executor& b) noexcept {
        return a.queue_.get() == b.queue_.get();
    }

private:
    // While it lives, the context has work.
    class tracker : public reference_counted<tracker> {
    public:
        explicit tracker(const asio::any_io_executor& inner)
            : work_(asio::prefer(inner, asio::execution::outstanding_work.tracked)) {}

    private:
        asio::any_io_executor work_;
    };

    // Three words at most: as much as `any_io_executor` holds without allocating.
    counted_ptr<serial_queue> queue_;
    counted_ptr<tracker> tracker_;
    bool never_ = false;
};

}  // namespace weir::detail
