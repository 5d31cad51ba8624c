#include <weir/runtime/detail/executor_target.hpp>
#include <weir/runtime/detail/serial_queue.hpp>

#include <chrono>
#include <utility>

namespace weir::detail {

/// The queue that this thread is running. The scopes form a stack, because a task may run its
/// context.
class serial_queue::scope {
public:
    explicit scope(const serial_queue& running) noexcept
        : running_(running), outer_(std::exchange(innermost, this)) {}
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    ~scope() { innermost = outer_; }

    static bool has(const serial_queue& queue) noexcept {
        for (const scope* s = innermost; s; s = s->outer_) {
            if (&s->running_ == &queue) return true;
        }
        return false;
    }

private:
    static thread_local const scope* innermost;

    const serial_queue& running_;
    const scope* const outer_;
};

thread_local const serial_queue::scope* serial_queue::scope::innermost = nullptr;

/// The queue that this thread runs next, without a trip through the executor; for as long as one
/// entry lasts, or a handler that has begun one.
class serial_queue::relay {
public:
    relay(counted_ptr<serial_queue> first, counted_ptr<serial_queue> after) noexcept
        : context_(context_of(*first)),
          known_(true),
          outer_(std::exchange(current, this)),
          next_(std::move(first)),
          after_(std::move(after)) {}
    /// In a handler, of whichever context: that of the first queue it is offered.
    relay() noexcept : outer_(std::exchange(current, this)) {}
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;
    ~relay() {
        current = outer_;
        schedule_all();  // when what ran before has thrown
    }

    static bool under_way() noexcept { return current != nullptr; }
    /// False when `queue` must be posted.
    static bool offer(serial_queue& queue) noexcept {
        relay* const here = current;
        if (!here || here->next_ || !here->is_for(queue)) return false;
        here->next_ = counted_ptr<serial_queue>::share(&queue);
        return true;
    }
    /// Likewise for a queue that has offered one, and has more to do itself: it goes on after that,
    /// so that the two take turns here. Posted, it would wake a thread, and go on there.
    static bool requeue_after(serial_queue& queue) noexcept {
        relay* const here = current;
        if (!here || !here->next_ || here->after_) return false;
        here->after_ = counted_ptr<serial_queue>::share(&queue);
        return true;
    }
    /// Runs what has been offered, and what that offers; for a while. The rest continues after the
    /// handlers that wait for the executor.
    void run_all() {
        while (const auto now = take()) {
            now->run();
            if (next_ && !may_go_on()) defer_all();
        }
    }
    /// This thread has something else to do first.
    static void flush() noexcept {
        if (current) current->schedule_all();
    }

private:
    static const void* context_of(const serial_queue& queue) noexcept {
        return queue.io_ ? &queue.io_->context() : nullptr;
    }

    bool is_for(const serial_queue& queue) noexcept {
        if (!queue.io_) return false;
        if (!known_ && queue.io_->running_in_this_thread()) {
            context_ = context_of(queue);
            known_ = true;
        }
        return context_ == context_of(queue);
    }
    counted_ptr<serial_queue> take() noexcept { return std::exchange(next_ ? next_ : after_, {}); }
    void defer_all() noexcept;
    void schedule_all() noexcept {
        while (const auto next = take()) next->schedule();
    }

    // The clock is asked now and then: a turn may take less time than asking.
    bool may_go_on() noexcept {
        if (left_-- != 0) return true;
        left_ = unasked;
        const auto now = clock::now();
        if (began_ == clock::time_point{}) began_ = now;
        return now - began_ < most;
    }

    using clock = std::chrono::steady_clock;
    static constexpr int unasked = 7;
    static constexpr std::chrono::microseconds most{200};
    static thread_local relay* current;

    const void* context_ = nullptr;  // null: of none that can be handed over on
    bool known_ = false;
    relay* const outer_;
    counted_ptr<serial_queue> next_;
    counted_ptr<serial_queue> after_;
    int left_ = unasked;  // handovers until the clock is asked
    clock::time_point began_{};
};

thread_local serial_queue::relay* serial_queue::relay::current = nullptr;

/// What is posted: runs the queue, and the one to go on after it, or drops what is in them when the
/// context drops this.
struct serial_queue::entry {
    explicit entry(counted_ptr<serial_queue> q, counted_ptr<serial_queue> a = {}) noexcept
        : queue(std::move(q)), after(std::move(a)) {}
    entry(entry&&) noexcept = default;
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() {
        if (queue) queue->drop_all();
        if (after) after->drop_all();
    }
    void operator()() { relay(std::move(queue), std::move(after)).run_all(); }

    counted_ptr<serial_queue> queue;
    counted_ptr<serial_queue> after;
};

// As one, and by this thread: as two, another would be woken for one of them, and have nothing in
// its caches of what the two hand to each other.
void serial_queue::relay::defer_all() noexcept {
    const asio::io_context::executor_type context = *next_->io_;
    asio::defer(context, entry(std::move(next_), std::move(after_)));
}

counted_ptr<serial_queue> serial_queue::make(const asio::any_io_executor& inner) {
    return counted_ptr<serial_queue>::adopt(new serial_queue(inner));
}

serial_queue::serial_queue(const asio::any_io_executor& inner) : inner_(inner) {
    if (auto* io = executor_target<asio::io_context::executor_type>(inner)) {
        io_.emplace(*io);
    } else {
        // Asked for once: asking allocates, and a wake-up should not.
        other_ = asio::require(inner, asio::execution::blocking.never);
    }
}

void serial_queue::push(task& t) noexcept {
    if (put(t)) schedule();
}

void serial_queue::push_next(task& t) noexcept {
    if (put(t) && !relay::offer(*this)) schedule_here();
}

void serial_queue::wake_here(wakeable& target) {
    if (relay::under_way()) return target.wake();  // in a task that runs its context
    relay then;
    target.wake_next();
    then.run_all();
}

bool serial_queue::running_here() const noexcept {
    return scope::has(*this);
}

/// True when a run must be scheduled.
bool serial_queue::put(task& t) noexcept {
    task* last = inbox_.load(std::memory_order_relaxed);
    do {
        t.link() = last ? last : busy();
    } while (!inbox_.compare_exchange_weak(last, &t, std::memory_order_acq_rel,
                                           std::memory_order_relaxed));
    return last == nullptr;
}

// If there is no memory for it, the program ends: a waiter could not be notified.
void serial_queue::schedule() noexcept {
    entry run(counted_ptr<serial_queue>::share(this));
    if (io_) {
        asio::post(*io_, std::move(run));
    } else {
        other_.execute(std::move(run));
    }
}

// Called shortly before this thread returns to the context. This thread then runs the queue, after
// the handlers that already wait. A post would wake another thread, whose caches are cold.
void serial_queue::schedule_here() noexcept {
    if (!io_) return schedule();
    asio::defer(*io_, entry(counted_ptr<serial_queue>::share(this)));
}

void serial_queue::run() {
    const scope here(*this);
    // Also when a task throws: the others have their run, later.
    struct leave {
        serial_queue& queue;
        ~leave() {
            if (!queue.try_finish() && !relay::requeue_after(queue)) queue.schedule_here();
        }
    } const at_the_end{*this};
    if (!batch_) take_batch();
    while (batch_) {
        task& t = *std::exchange(batch_, batch_->link());
        t.run();
        if (batch_) relay::flush();
    }
}

/// Moves the tasks in the inbox into the batch, oldest first. False when there are none.
bool serial_queue::take_batch() noexcept {
    task* last = inbox_.exchange(busy(), std::memory_order_acq_rel);
    while (last && last != busy()) {
        task* const before = last->link();
        last->link() = batch_;
        batch_ = last;
        last = before;
    }
    return batch_ != nullptr;
}

/// Ends a run. False when there is more to do.
bool serial_queue::try_finish() noexcept {
    if (batch_) return false;
    task* expected = busy();
    return inbox_.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
}

void serial_queue::drop_all() noexcept {
    do {
        take_batch();
        while (batch_) std::exchange(batch_, batch_->link())->drop();
    } while (!try_finish());
}

task* serial_queue::busy() noexcept {
    static struct final_task final : task {
        void run() override {}
        void drop() noexcept override {}
    } mark;
    return &mark;
}

}  // namespace weir::detail
