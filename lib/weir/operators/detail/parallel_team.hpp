/// The state shared by a parallel stage and its workers: chunks of items, sent out and returned.
#pragma once

#include <weir/channel/detail/adaptive_mutex.hpp>
#include <weir/channel/detail/growable_ring.hpp>
#include <weir/core/order.hpp>
#include <weir/core/poll.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/clock.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::detail {

/// Some items, and the results that a worker made of them. One side owns the chunk at a time: the
/// stage fills it, a worker processes it, the stage passes on the results. Chunks are reused, and
/// freed only at the end.
template <class In, class Out>
struct parallel_chunk {
    std::vector<In> in;
    std::vector<Out> out;
    std::size_t taken = 0;           // how many results of `out` the stage has taken
    std::exception_ptr error;        // thrown after the results of `out`
    wakeable* worker = nullptr;      // the worker that processes it, or did
    bool over = false;               // no more results follow
    bool held_back = false;          // it has results, but earlier chunks come first
    std::atomic<bool> shown{false};  // the stage has it; set by the worker, cleared by the stage
};

/// The chunks of a parallel stage, and their current owners. The mutex is held only for a short
/// time, about four times per chunk. If items come fast enough, a chunk is worth tens of
/// microseconds of work.
///
/// Chunks are claimed in the order in which they were sent. If results must come as given, a chunk
/// is shown to the stage when all chunks before it are over; until then, its results wait in the
/// chunk. Each worker has one more chunk (`late`), for results that its operators give while it
/// works on no chunk.
template <class In, class Out>
class parallel_team {
public:
    using chunk = parallel_chunk<In, Out>;

    /// The maximum number of items of a chunk: 4096, or as many as fit in 64 KiB.
    static constexpr std::size_t most_items = std::clamp<std::size_t>(
        (std::size_t{1} << 16) / std::max(sizeof(In), sizeof(Out)), 1, 4096);
    /// The maximum number of results of a chunk before they are passed on: twice that.
    static constexpr std::size_t most_results = 2 * most_items;

    parallel_team(std::size_t workers, order results)
        : order_(results), chunks_(chunks_per_worker * workers), slots_(workers) {
        for (chunk& r : chunks_) free_.push_back(&r);
        idle_.reserve(workers);
    }

    /// Registers a worker. Call it before the worker is woken first.
    void enter(std::size_t index, wakeable& worker) {
        const std::lock_guard lock(mutex_);
        slots_[index].worker = waker::share(&worker);
        slots_[index].late.worker = &worker;
        rest(index);
    }

    // --- the stage's side ---

    /// A chunk to fill, or null if all chunks are in use.
    chunk* free_chunk() noexcept {
        if (free_.empty()) return nullptr;
        chunk* const r = free_.back();
        free_.pop_back();
        return r;
    }
    /// Returns a chunk that was not sent.
    void put_back(chunk& r) noexcept { free_.push_back(&r); }
    /// How many items to fill it with.
    std::size_t run_size() const noexcept { return size_.load(std::memory_order_relaxed); }

    void send(chunk& r) {
        waker idle;
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(&r);
            if (order_ == order::as_given) in_order_.push_back(&r);
            if (!idle_.empty()) {
                worker_slot& s = slots_[idle_.back()];
                idle_.pop_back();
                s.idle = false;
                idle = s.worker;
            }
        }
        if (idle) idle->wake();
    }
    /// True when all chunks are free.
    bool all_back() const noexcept { return free_.size() == chunks_.size(); }
    /// True when a worker has failed: chunks sent from now on are not processed.
    bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

    /// The chunk with the next results, or null; see `receive`.
    chunk* front() noexcept { return taking_.empty() ? nullptr : taking_.front(); }
    /// Removes the first chunk, because its results are passed on. A chunk that is not over goes
    /// back to its worker; others are free.
    void pop_front() noexcept {
        chunk& r = *taking_.front();
        taking_.pop_front();
        r.out.clear();
        r.taken = 0;
        if (!r.over) {
            r.shown.store(false);
            r.worker->wake();
        } else if (!is_late(r)) {
            r.over = false;
            r.shown.store(false);
            free_.push_back(&r);
        }
    }
    /// Takes the chunks that the workers have shown. False if there are none; then `cx`'s poller
    /// will be woken. If it is true and there is still no `front()`, all workers have left.
    bool receive(poll_context& cx) {
        const std::lock_guard lock(mutex_);
        shown_.swap(taking_);
        if (!taking_.empty() || present_ == 0) return true;
        waiting_.arm(cx.poller());
        return false;
    }
    /// True when a worker was lost because its context was destroyed.
    bool lost() const noexcept { return lost_; }

    /// Announces that no more chunks will be sent: the workers flush their operators and leave.
    void close() noexcept {
        closing_.store(true);
        wake_workers();
    }
    /// Announces that the stage is destroyed: the workers leave at once.
    void disband() noexcept {
        stage_ended_.store(true);
        waiting_.disarm();
        wake_workers();
    }

    // --- a worker's side ---

    const std::atomic<bool>& stage_ended() const noexcept { return stage_ended_; }
    bool closing() const noexcept { return closing_.load(); }
    chunk& late(std::size_t index) noexcept { return slots_[index].late; }

    /// The next chunk to work on, or null; then the worker will be woken when there is one.
    chunk* claim(std::size_t index) noexcept {
        const std::lock_guard lock(mutex_);
        if (slots_[index].idle) {
            slots_[index].idle = false;
            std::erase(idle_, index);
        }
        if (queue_.empty()) {
            rest(index);
            return nullptr;
        }
        chunk* const r = queue_.front();
        queue_.pop_front();
        r->worker = slots_[index].worker.get();
        return r;
    }

    /// Returns `r` with all its results. True if there are more chunks to claim; otherwise the
    /// worker will be woken when there is one.
    bool finish(std::size_t index, chunk& r, std::size_t items, clock::duration spent) {
        bool more = false;
        waker next;
        {
            const std::lock_guard lock(mutex_);
            adapt(items, spent);
            next = complete(r);
            more = !queue_.empty();
            if (!more) rest(index);
        }
        tell(next);
        return more;
    }
    /// Shows the stage the results of `r` so far, if no earlier chunk must come first. Then the
    /// worker must not use `r` until `shown` is false again; it is woken then.
    void show(chunk& r) {
        {
            const std::lock_guard lock(mutex_);
            r.held_back = is_held_back(r);
            if (r.held_back) return;
            r.shown.store(true);
            shown_.push_back(&r);
        }
        waiting_.wake();
    }
    /// Removes the worker. If `last` is not null, it is the worker's current chunk and is over too.
    /// Its operators have ended or failed, and `last` says which.
    void leave(chunk* last) {
        waker next;
        {
            const std::lock_guard lock(mutex_);
            --present_;
            if (!last) {
                lost_ = lost_ || !stage_ended_.load();
            } else {
                if (last->error) {
                    failed_.store(true, std::memory_order_relaxed);
                    queue_.clear();  // because they come after the failed chunk
                }
                next = complete(*last);
            }
        }
        tell(next);
    }

private:
    // Per worker: two chunks that are processed or queued, and two on their way back, because the
    // stage may have to wait for its turn behind the workers.
    static constexpr std::size_t chunks_per_worker = 4;
    static constexpr clock::duration aim = std::chrono::microseconds(50);

    struct worker_slot {
        waker worker;
        chunk late;
        bool idle = false;
    };

    bool is_late(const chunk& r) const noexcept {
        return &r < chunks_.data() || &r >= end_of_chunks();
    }
    const chunk* end_of_chunks() const noexcept { return chunks_.data() + chunks_.size(); }

    void rest(std::size_t index) noexcept {
        slots_[index].idle = true;
        idle_.push_back(index);
    }

    bool is_held_back(const chunk& r) noexcept {
        return order_ == order::as_given && !is_late(r) && in_order_.front() != &r;
    }

    /// Shows `r`, and the chunks after it that had to wait for it. The caller must wake the
    /// returned worker: it works on the next chunk and has held back results. Without the wake-up,
    /// it might show them late.
    waker complete(chunk& r) {
        r.over = true;
        r.held_back = false;
        if (order_ == order::as_completed || is_late(r)) {
            shown_.push_back(&r);
            return waker();
        }
        while (!in_order_.empty() && in_order_.front()->over) {
            shown_.push_back(std::move(in_order_.front()));
            in_order_.pop_front();
        }
        if (in_order_.empty() || !in_order_.front()->held_back) return waker();
        return waker::share(in_order_.front()->worker);
    }

    void tell(const waker& next) noexcept {
        waiting_.wake();
        if (next) next->wake();
    }

    /// Adapts the chunk size to the intended work, by a factor of at most 2 per chunk, because the
    /// measured time of an interrupted chunk is not reliable.
    void adapt(std::size_t items, clock::duration spent) noexcept {
        if (items == 0) return;
        const auto wanted =
            items * static_cast<std::size_t>(aim.count()) /
            static_cast<std::size_t>(std::max<clock::duration::rep>(spent.count(), 1));
        const std::size_t now = size_.load(std::memory_order_relaxed);
        const std::size_t next = std::clamp(wanted, now / 2, now * 2);
        size_.store(std::clamp<std::size_t>(next, 1, most_items), std::memory_order_relaxed);
    }

    void wake_workers() noexcept {
        for (const worker_slot& s : slots_) {
            if (s.worker) s.worker->wake();
        }
    }

    const order order_;
    std::vector<chunk> chunks_;
    std::vector<worker_slot> slots_;
    std::vector<chunk*> free_;      // the stage's
    growable_ring<chunk*> taking_;  // the stage's: shown to it, and not passed on

    adaptive_mutex mutex_;            // guards all members from here to `lost_`
    growable_ring<chunk*> queue_;     // sent, and not claimed
    growable_ring<chunk*> in_order_;  // sent and not yet over, if results come as given
    growable_ring<chunk*> shown_;     // to the stage
    std::vector<std::size_t> idle_;   // workers that were not woken
    std::size_t present_ = slots_.size();
    bool lost_ = false;

    waker_slot waiting_;  // wakes the stage when a chunk is shown
    std::atomic<std::size_t> size_{1};
    std::atomic<bool> failed_{false};       // false -> true, by a worker
    std::atomic<bool> closing_{false};      // false -> true, by the stage
    std::atomic<bool> stage_ended_{false};  // false -> true, by the stage
};

}  // namespace weir::detail
