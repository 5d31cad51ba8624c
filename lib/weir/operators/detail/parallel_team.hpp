/// What a parallel stage and its workers share: chunks of items on their way out and back.
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

/// Some items, and what a worker has made of them. One side has it at a time: the stage fills it,
/// a worker works on it, the stage hands its results on. Never freed before the end: it goes round.
template <class In, class Out>
struct parallel_chunk {
    std::vector<In> in;
    std::vector<Out> out;
    std::size_t taken = 0;           // of `out`, by the stage
    std::exception_ptr error;        // comes after `out`
    wakeable* worker = nullptr;      // who works on it, or did
    bool over = false;               // nothing more comes of it
    bool held_back = false;          // it has results, and its turn to show them has not come
    std::atomic<bool> shown{false};  // it is with the stage: true by the worker, false by the stage
};

/// The runs of a parallel stage, and who has them. Under a short mutex, which is taken some four
/// times a chunk; a chunk is worth tens of microseconds wherever items come fast enough.
///
/// Chunks are claimed in the order they were sent in. Where results are to come as given, a chunk
/// is shown to the stage when all before it are over, and until then its results wait in it. Each
/// worker has one more chunk for what its operators give when it works on none (`late`).
template <class In, class Out>
class parallel_team {
public:
    using chunk = parallel_chunk<In, Out>;

    /// How many items a chunk has at most: 4096, or what 64 KiB hold.
    static constexpr std::size_t most_items = std::clamp<std::size_t>(
        (std::size_t{1} << 16) / std::max(sizeof(In), sizeof(Out)), 1, 4096);
    /// How many results it may gather before they are handed on: twice that.
    static constexpr std::size_t most_results = 2 * most_items;

    parallel_team(std::size_t workers, order results)
        : order_(results), chunks_(chunks_per_worker * workers), slots_(workers) {
        for (chunk& r : chunks_) free_.push_back(&r);
        idle_.reserve(workers);
    }

    /// Seats a worker; before it is woken first.
    void enter(std::size_t index, wakeable& worker) {
        const std::lock_guard lock(mutex_);
        slots_[index].worker = waker::share(&worker);
        slots_[index].late.worker = &worker;
        rest(index);
    }

    // --- the stage's side ---

    /// A run to fill, or null when all are on their way.
    chunk* free_chunk() noexcept {
        if (free_.empty()) return nullptr;
        chunk* const r = free_.back();
        free_.pop_back();
        return r;
    }
    /// Gives one back that was not sent.
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
    /// True when every chunk is back.
    bool all_back() const noexcept { return free_.size() == chunks_.size(); }
    /// A worker has failed: nothing sent from now on is worked on.
    bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

    /// The run whose results are next, or null; see `receive`.
    chunk* front() noexcept { return taking_.empty() ? nullptr : taking_.front(); }
    /// It is handed on. To be worked on further, or to be filled anew.
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
    /// Takes what the workers have shown. False when there is nothing; then `cx`'s poller will be
    /// woken. True, and still no `front()`: all workers have left.
    bool receive(poll_context& cx) {
        const std::lock_guard lock(mutex_);
        shown_.swap(taking_);
        if (!taking_.empty() || present_ == 0) return true;
        waiting_.arm(cx.poller());
        return false;
    }
    /// True when a worker was taken away, by a context that was destroyed.
    bool lost() const noexcept { return lost_; }

    /// Nothing more will be sent: the workers flush what they hold, and leave.
    void close() noexcept {
        closing_.store(true);
        wake_workers();
    }
    /// Nobody wants anything any more: the workers leave at once.
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

    /// All that comes of `r` is in it. True when there is more to claim; false: as `claim`'s null.
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
    /// Shows the stage what has come of `r` so far, if it is its turn. Then the worker keeps off
    /// it until `shown` is false again, and is woken.
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
    /// The worker is over, and so is `last`, if that is not null, on which it worked: its
    /// operators have ended, or failed, as is written there.
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
                    queue_.clear();  // all of it comes after this
                }
                next = complete(*last);
            }
        }
        tell(next);
    }

private:
    // Two that are worked on and queued a worker, and two that are on their way back: the stage
    // may have to wait for its turn behind the workers'.
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

    /// Shows `r`, and those after it that had to wait for it. What is returned is to be woken: the
    /// worker on the next one, which has held results back, and may take long to come by itself.
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

    /// Runs grow and shrink towards the work aimed at, by no more than a factor of 2 a chunk: one
    /// that was interrupted tells little.
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
    growable_ring<chunk*> taking_;  // the stage's: shown to it, and not handed on

    adaptive_mutex mutex_;            // for all from here to `lost_`
    growable_ring<chunk*> queue_;     // sent, and not claimed
    growable_ring<chunk*> in_order_;  // sent, and not shown as over, where the order is as given
    growable_ring<chunk*> shown_;     // to the stage
    std::vector<std::size_t> idle_;   // workers that nobody has woken
    std::size_t present_ = slots_.size();
    bool lost_ = false;

    waker_slot waiting_;  // the stage, for something to be shown
    std::atomic<std::size_t> size_{1};
    std::atomic<bool> failed_{false};       // false -> true, by a worker
    std::atomic<bool> closing_{false};      // false -> true, by the stage
    std::atomic<bool> stage_ended_{false};  // false -> true, by the stage
};

}  // namespace weir::detail
