/// A worker of a parallel stage, and the stream at the head of its operators.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/operators/detail/parallel_team.hpp>
#include <weir/runtime/detail/segment.hpp>
#include <weir/runtime/pull.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir::detail {

/// The input of a worker's operators: the items of one chunk after another. It is used on the
/// worker's strand, and shared with the `run_stream` at the head of the operators.
template <class In>
class run_feed {
public:
    run_feed(asio::any_io_executor strand, const wakeable& worker)
        : strand_(std::move(strand)), worker_(&worker) {}

    /// Begins the next chunk's items. It stops early once `stage_ended` is true.
    void begin(std::vector<In>& items, const std::atomic<bool>& stage_ended) noexcept {
        items_ = &items;
        next_ = 0;
        stage_ended_ = &stage_ended;
        drained_ = false;
        waiting_.wake();
    }
    /// Announces that there is no other chunk.
    void end() noexcept {
        ended_ = true;
        waiting_.wake();
    }
    /// True when the operators have taken all items of the chunk, and asked for more.
    bool drained() const noexcept { return drained_; }
    /// Called when the worker is over: releases the strand, which must not outlive its context.
    void leave() noexcept {
        const std::lock_guard lock(mutex_);
        strand_ = asio::any_io_executor();
    }

    template <class Sink>
    poll_state poll(poll_context& cx, Sink& sink) {
        check(cx);
        while (items_ && next_ != items_->size()) {
            const std::size_t granted = cx.grant(items_->size() - next_);
            if (granted == 0) return poll_state::pending;
            if (!hand_over(granted, sink)) return poll_state::paused;
            if (stage_ended_->load(std::memory_order_relaxed)) return poll_state::pending;
        }
        items_ = nullptr;
        drained_ = true;
        if (ended_) return poll_state::finished;
        // The worker knows this by itself. The waker is for another poller inside the worker, such
        // as a join's.
        if (&cx.poller() != worker_) waiting_.arm(cx.poller());
        return poll_state::pending;
    }

private:
    template <class Sink>
    bool hand_over(std::size_t n, Sink& sink) {
        In* item = items_->data() + next_;
        for (In* const last = item + n; item != last; ++item) {
            if (stage_ended_->load(std::memory_order_relaxed)) break;
            if (!sink(std::move(*item))) {
                next_ = static_cast<std::size_t>(++item - items_->data());
                return false;
            }
        }
        next_ = static_cast<std::size_t>(item - items_->data());
        return true;
    }

    /// Throws unless it is polled on the worker's strand.
    void check(poll_context& cx) {
        const std::lock_guard lock(mutex_);
        if (strand_ == cx.executor()) return;
        throw std::logic_error(
            "weir::parallel: a worker's operators run on the worker: there can be no boundary "
            "(buffer, on) among them");
    }

    std::mutex mutex_;  // for strand_, because a wrong poll comes from another thread
    asio::any_io_executor strand_;
    const wakeable* const worker_;  // only to compare with
    std::vector<In>* items_ = nullptr;
    std::size_t next_ = 0;
    const std::atomic<bool>* stage_ended_ = nullptr;
    bool drained_ = false;
    bool ended_ = false;
    waker_slot waiting_;
};

/// The stream at the head of a worker's operators.
template <class In>
class run_stream : public pullable<run_stream<In>> {
public:
    using value_type = In;

    explicit run_stream(std::shared_ptr<run_feed<In>> feed) : feed_(std::move(feed)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        return feed_->poll(cx, sink);
    }

private:
    std::shared_ptr<run_feed<In>> feed_;
};

/// Takes one chunk per turn through its operators, so that other segments on the executor get their
/// turns.
template <class In, class S>
class parallel_worker final : public segment {
    using Out = item_t<S>;
    using team = parallel_team<In, Out>;
    using chunk = typename team::chunk;

public:
    template <class Operators>
    parallel_worker(asio::any_io_executor strand, std::shared_ptr<team> t, std::size_t index,
                    const Operators& operators, ticket scope)
        : segment(strand),
          team_(std::move(t)),
          index_(index),
          clock_(clock_of(strand)),
          feed_(std::make_shared<run_feed<In>>(std::move(strand), *this)),
          operators_(std::in_place, run_stream<In>(feed_) | Operators(operators)),
          scope_(std::move(scope)) {}

    using segment::enlist;

private:
    bool advance() noexcept override {
        if (team_->stage_ended()) return true;
        if (at_hand().shown.load()) return false;  // until the stage has returned it
        std::exception_ptr error;
        try {
            if (!turn()) return false;
        } catch (...) {
            error = std::current_exception();
        }
        // Outside of the handler, because from here on only the stage may use the exception.
        chunk& last = at_hand();
        last.error = std::move(error);
        leave(&last);
        return true;
    }

    /// The chunk that results go into.
    chunk& at_hand() noexcept { return current_ ? *current_ : team_->late(index_); }

    /// True when the operators have ended.
    bool turn() {
        if (!current_) find_work();
        chunk& to = at_hand();
        const auto began = clock_.now();
        poll_context cx(*this, executor(), scope_, budget());
        const poll_state state = operators_->poll(cx, [&out = to.out](Out&& y) -> bool {
            out.push_back(std::move(y));
            return out.size() < team::most_results;
        });
        if (state == poll_state::finished || team_->stage_ended()) return true;
        spent_ += clock_.now() - began;
        if (current_ && feed_->drained() && state == poll_state::pending) {
            finish();
        } else if (!to.out.empty()) {
            team_->show(to);
        }
        return false;
    }

    void find_work() {
        current_ = team_->claim(index_);
        items_ = current_ ? current_->in.size() : 0;
        spent_ = clock::duration::zero();
        if (current_) {
            feed_->begin(current_->in, team_->stage_ended());
        } else if (team_->closing()) {
            feed_->end();
        }
    }

    void finish() {
        chunk& r = *std::exchange(current_, nullptr);
        r.in.clear();
        if (team_->finish(index_, r, items_, spent_)) wake();
    }

    void leave(chunk* last) {
        if (last) last->in.clear();
        current_ = nullptr;
        left_ = true;
        team_->leave(last);
    }

    void release_resources() noexcept override {
        feed_->leave();
        operators_.reset();
        if (!left_) leave(nullptr);
        team_.reset();
        scope_.reset();
    }

    std::shared_ptr<team> team_;
    const std::size_t index_;
    clock& clock_;
    std::shared_ptr<run_feed<In>> feed_;
    std::optional<S> operators_;
    ticket scope_;

    chunk* current_ = nullptr;
    std::size_t items_ = 0;    // the number of items it had
    clock::duration spent_{};  // the time spent on it
    bool left_ = false;
};

}  // namespace weir::detail
