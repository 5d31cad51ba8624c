/// One piece of work in chunks, done by several tasks: the machine behind par_for_each, par_reduce.
#pragma once

#include <weir/core/asio.hpp>
#include <weir/runtime/detail/completion.hpp>
#include <weir/runtime/parallel_executor.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// How a range of `items` is cut: the same however many work on it, and however fast they are.
struct chunking {
    /// About a thousand chunks; but none larger than 128 KiB, so that they fit the caches.
    chunking(std::size_t items_in_all, std::size_t item_size)
        : items(items_in_all),
          size(std::clamp<std::size_t>(
              items / 1024, 1, std::max<std::size_t>((std::size_t{1} << 17) / item_size, 1))) {}

    std::size_t count() const noexcept { return items / size + (items % size != 0 ? 1 : 0); }
    std::size_t first(std::size_t chunk) const noexcept { return chunk * size; }
    std::size_t last(std::size_t chunk) const noexcept {
        return std::min(items, first(chunk) + size);
    }

    std::size_t items;
    std::size_t size;
};

/// Work in chunks, and the tasks that do it: each claims some chunks, and then some others, from a
/// common cursor; more at a time while they are cheap. A task goes back into the executor's queue
/// every millisecond, so that others have their turns.
///
/// `Work`: `cut` is a `chunking`; `worker()` returns what is called with a chunk's number, and is
/// used by one task; `result()` is what comes of it, when all chunks are done.
template <class Work, class Completion>
class chunked_job {
public:
    chunked_job(Work work, std::shared_ptr<Completion> completion, asio::any_io_executor executor)
        : completion_(std::move(completion)),
          executor_(std::move(executor)),
          work_(std::move(work)),
          chunks_(work_.cut.count()) {}
    chunked_job(const chunked_job&) = delete;
    chunked_job& operator=(const chunked_job&) = delete;

    /// Starts it with at most so many tasks.
    static void start(std::shared_ptr<chunked_job> job, std::size_t tasks) {
        const std::size_t n = std::clamp<std::size_t>(job->chunks_, 1, std::max(tasks, one));
        job->tasks_left_ = n;
        const auto where = job->executor_;
        for (std::size_t i = 1; i != n; ++i) asio::post(where, task(job));
        asio::post(where, task(std::move(job)));
    }

    /// No more chunks. Thread-safe.
    void cancel() noexcept { stopped_ = true; }

private:
    using clock = std::chrono::steady_clock;
    static constexpr clock::duration a_turn = std::chrono::milliseconds(1);
    static constexpr clock::duration a_claim = std::chrono::microseconds(20);
    static constexpr std::size_t one = 1;

    class task {
    public:
        explicit task(std::shared_ptr<chunked_job> job) : job_(std::move(job)) {}

        void operator()() {
            std::exception_ptr error;
            bool over = true;
            try {
                over = take_turn();
            } catch (...) {
                error = std::current_exception();
            }
            if (!over) {
                const auto where = job_->executor_;
                return asio::post(where, std::move(*this));
            }
            job_->leave(std::move(error));
            job_.reset();
        }

    private:
        /// False when its time is up, and there is more to do.
        bool take_turn() {
            // A copy of its own: then the compiler knows that what it writes to is something else.
            auto work_on = job_->work_.worker();
            const auto began = clock::now();
            for (auto now = began; now - began < a_turn;) {
                const std::size_t first = job_->cursor_.fetch_add(claim_);
                if (first >= job_->chunks_) return true;
                const std::size_t last = std::min(first + claim_, job_->chunks_);
                for (std::size_t chunk = first; chunk != last; ++chunk) {
                    if (job_->stopped_.load(std::memory_order_relaxed)) return true;
                    work_on(chunk);
                    job_->done_.fetch_add(1, std::memory_order_relaxed);
                }
                const auto then = std::exchange(now, clock::now());
                if (now - then < a_claim / 2) claim_ = std::min(claim_ * 2, most_claimed);
                if (now - then > a_claim) claim_ = std::max(claim_ / 2, one);
            }
            return false;
        }

        static constexpr std::size_t most_claimed = 64;

        std::shared_ptr<chunked_job> job_;
        std::size_t claim_ = 1;
    };

    void leave(std::exception_ptr error) noexcept {
        if (error && !failed_.exchange(true)) {
            error_ = std::move(error);
            stopped_ = true;
        }
        if (tasks_left_.fetch_sub(1) == 1) settle();
    }

    // By the last task. The handler is called when the job is destroyed.
    void settle() noexcept {
        if (!error_ && done_ != chunks_) {
            error_ = std::make_exception_ptr(asio::system_error(asio::error::operation_aborted));
        }
        if (error_) return completion_->fail(std::move(error_));
        try {
            completion_->succeed([this] { return work_.result(); });
        } catch (...) {
            error_ = std::current_exception();
        }
        if (error_) completion_->fail(std::move(error_));
    }

    std::shared_ptr<Completion> completion_;  // first, so that it goes last
    asio::any_io_executor executor_;
    Work work_;
    const std::size_t chunks_;
    std::atomic<std::size_t> cursor_{0};  // chunks below it are claimed
    std::atomic<std::size_t> done_{0};    // how many chunks are
    std::atomic<std::size_t> tasks_left_{0};
    std::atomic<bool> stopped_{false};
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;  // by the task that made `failed_` true; read by the last task
};

/// The operation that does `work`, whose result is an `R`, for any completion token.
template <class R, class Work, class Token>
auto async_in_chunks(parallel_executor where, Work work, Token&& token) {
    auto initiation = [](auto handler, const parallel_executor& on, Work parts) {
        using completion_type = completion<R, decltype(handler)>;
        using job = chunked_job<Work, completion_type>;
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto done = std::make_shared<completion_type>(std::move(handler), on.executor);
        auto shared = std::make_shared<job>(std::move(parts), std::move(done), on.executor);
        if (slot.is_connected()) {
            slot.assign([weak = std::weak_ptr<job>(shared)](asio::cancellation_type) {
                if (auto left = weak.lock()) left->cancel();
            });
        }
        job::start(std::move(shared), on.tasks);
    };
    return asio::async_initiate<Token, completion_signature<R>>(std::move(initiation), token,
                                                                std::move(where), std::move(work));
}

}  // namespace weir::detail
