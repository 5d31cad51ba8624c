/// What a parallel stage and its workers share: runs of items on their way out and back.
#pragma once

#include <weir/channel/growable_ring.hpp>
#include <weir/channel/short_mutex.hpp>
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

namespace weir {

/// Some items, and what a worker has made of them. One side has it at a time: the stage fills it,
/// a worker works on it, the stage hands its results on. Never freed before the end: it goes round.
template <class In, class Out>
struct parallel_run {
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
/// times a run; a run is worth tens of microseconds wherever items come fast enough.
///
/// Runs are claimed in the order they were sent in. Where results are to come as given, a run is
/// shown to the stage when all before it are over, and until then its results wait in it.
/// Each worker has one more run for what its operators give when it works on none (`late`).
template <class In, class Out>
class parallel_team {
public:
    using run = parallel_run<In, Out>;

    /// How many items a run has at most: 4096, or what 64 KiB hold.
    static constexpr std::size_t most_items = std::clamp<std::size_t>(
        (std::size_t{1} << 16) / std::max(sizeof(In), sizeof(Out)), 1, 4096);
    /// How many results it may gather before they are handed on: twice that.
    static constexpr std::size_t most_results = 2 * most_items;

    parallel_team(std::size_t workers, order results)
        : order_(results), runs_(runs_a_worker * workers), seats_(workers) {
        for (run& r : runs_) free_.push_back(&r);
        idle_.reserve(workers);
    }

    /// Seats a worker; before it is woken first.
    void seat(std::size_t place, wakeable& worker) {
        const std::lock_guard lock(mutex_);
        seats_[place].worker = waker::share(&worker);
        seats_[place].late.worker = &worker;
        rest(place);
    }

    // --- the stage's side ---

    /// A run to fill, or null when all are on their way.
    run* free_run() noexcept {
        if (free_.empty()) return nullptr;
        run* const r = free_.back();
        free_.pop_back();
        return r;
    }
    /// Gives one back that was not sent.
    void put_back(run& r) noexcept { free_.push_back(&r); }
    /// How many items to fill it with.
    std::size_t run_size() const noexcept { return size_.load(std::memory_order_relaxed); }

    void send(run& r) {
        waker idle;
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(&r);
            if (order_ == order::as_given) in_order_.push_back(&r);
            if (!idle_.empty()) {
                seat_of& s = seats_[idle_.back()];
                idle_.pop_back();
                s.idle = false;
                idle = s.worker;
            }
        }
        if (idle) idle->wake();
    }
    /// True when every run is back.
    bool all_back() const noexcept { return free_.size() == runs_.size(); }
    /// A worker has failed: nothing sent from now on is worked on.
    bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

    /// The run whose results are next, or null; see `receive`.
    run* front() noexcept { return taking_.empty() ? nullptr : taking_.front(); }
    /// It is handed on. To be worked on further, or to be filled anew.
    void pop_front() noexcept {
        run& r = *taking_.front();
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
        gone_.store(true);
        waiting_.disarm();
        wake_workers();
    }

    // --- a worker's side ---

    const std::atomic<bool>& gone() const noexcept { return gone_; }
    bool closing() const noexcept { return closing_.load(); }
    run& late(std::size_t place) noexcept { return seats_[place].late; }

    /// The next run to work on, or null; then the worker will be woken when there is one.
    run* claim(std::size_t place) noexcept {
        const std::lock_guard lock(mutex_);
        if (seats_[place].idle) {
            seats_[place].idle = false;
            std::erase(idle_, place);
        }
        if (queue_.empty()) {
            rest(place);
            return nullptr;
        }
        run* const r = queue_.front();
        queue_.pop_front();
        r->worker = seats_[place].worker.get();
        return r;
    }

    /// All that comes of `r` is in it. True when there is more to claim; false: as `claim`'s null.
    bool finish(std::size_t place, run& r, std::size_t items, clock::duration spent) {
        bool more = false;
        waker next;
        {
            const std::lock_guard lock(mutex_);
            adapt(items, spent);
            next = complete(r);
            more = !queue_.empty();
            if (!more) rest(place);
        }
        tell(next);
        return more;
    }
    /// Shows the stage what has come of `r` so far, if it is its turn. Then the worker keeps off
    /// it until `shown` is false again, and is woken.
    void show(run& r) {
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
    void leave(run* last) {
        waker next;
        {
            const std::lock_guard lock(mutex_);
            --present_;
            if (!last) {
                lost_ = lost_ || !gone_.load();
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
    static constexpr std::size_t runs_a_worker = 4;
    static constexpr clock::duration aim = std::chrono::microseconds(50);

    struct seat_of {
        waker worker;
        run late;
        bool idle = false;
    };

    bool is_late(const run& r) const noexcept { return &r < runs_.data() || &r >= end_of_runs(); }
    const run* end_of_runs() const noexcept { return runs_.data() + runs_.size(); }

    void rest(std::size_t place) noexcept {
        seats_[place].idle = true;
        idle_.push_back(place);
    }

    bool is_held_back(const run& r) noexcept {
        return order_ == order::as_given && !is_late(r) && in_order_.front() != &r;
    }

    /// Shows `r`, and those after it that had to wait for it. What is returned is to be woken: the
    /// worker on the next one, which has held results back, and may take long to come by itself.
    waker complete(run& r) {
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

    /// Runs grow and shrink towards the work aimed at, by no more than a factor of 2 a run: one
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
        for (const seat_of& s : seats_) {
            if (s.worker) s.worker->wake();
        }
    }

    const order order_;
    std::vector<run> runs_;
    std::vector<seat_of> seats_;
    std::vector<run*> free_;      // the stage's
    growable_ring<run*> taking_;  // the stage's: shown to it, and not handed on

    short_mutex mutex_;              // for all from here to `lost_`
    growable_ring<run*> queue_;      // sent, and not claimed
    growable_ring<run*> in_order_;   // sent, and not shown as over, where the order is as given
    growable_ring<run*> shown_;      // to the stage
    std::vector<std::size_t> idle_;  // workers that nobody has woken
    std::size_t present_ = seats_.size();
    bool lost_ = false;

    waker_slot waiting_;  // the stage, for something to be shown
    std::atomic<std::size_t> size_{1};
    std::atomic<bool> failed_{false};   // false -> true, by a worker
    std::atomic<bool> closing_{false};  // false -> true, by the stage
    std::atomic<bool> gone_{false};     // false -> true, by the stage
};

}  // namespace weir
