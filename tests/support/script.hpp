/// A source that does what the test says, when it says so.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/pull.hpp>

#include <support/failures.hpp>
#include <support/resource.hpp>

#include <deque>
#include <exception>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace weir::testing {

/// The script of one stream, written before and while it runs. Copies write the same script.
///
///     script<int> numbers;
///     numbers.give({1, 2, 3});      // ready at once
///     auto s = numbers.stream();    // pending after 3, until told more
///     numbers.give(4).end();        // wakes it
///
/// The stream holds a resource while it lives (`held()`), and throws `std::logic_error` if it is
/// polled after it ended or failed: no operator may do that. Thread-safe, but for what it made.
template <class T>
class script {
    struct state {
        std::mutex mutex;
        std::deque<T> items;
        bool ended = false;
        std::exception_ptr error;
        waker_slot waiting;
        resource source;
        std::size_t polls = 0;
    };

public:
    class scripted_stream : public pullable<scripted_stream> {
    public:
        using value_type = T;

        explicit scripted_stream(std::shared_ptr<state> s)
            : state_(std::move(s)), held_(state_->source.acquire()) {}
        scripted_stream(scripted_stream&&) noexcept = default;
        // As every leaf must: the script lives on, and must not keep a segment that waits no more.
        ~scripted_stream() {
            if (state_) state_->waiting.disarm();
        }

        template <class Sink>
        poll_state poll(poll_context& cx, Sink&& sink) {
            if (over_) throw std::logic_error("a stream was polled after its end");
            for (;;) {
                std::unique_lock lock(state_->mutex);
                ++state_->polls;
                if (state_->items.empty()) {
                    over_ = state_->ended || state_->error;
                    if (state_->error) std::rethrow_exception(state_->error);
                    if (state_->ended) return poll_state::finished;
                    state_->waiting.arm(cx.poller());
                    return poll_state::pending;
                }
                T item = std::move(state_->items.front());
                state_->items.pop_front();
                lock.unlock();
                if (!sink(std::move(item))) return poll_state::paused;
            }
        }

    private:
        std::shared_ptr<state> state_;
        resource::hold held_;
        bool over_ = false;
    };

    /// The stream that follows this script. Make one only.
    scripted_stream stream() const { return scripted_stream(state_); }

    script& give(T item) {
        return tell([&](state& s) { s.items.push_back(std::move(item)); });
    }
    script& give(std::initializer_list<T> items) {
        return tell([&](state& s) { s.items.insert(s.items.end(), items.begin(), items.end()); });
    }
    /// Ends the stream after what was given.
    script& end() {
        return tell([](state& s) { s.ended = true; });
    }
    /// Fails after what was given.
    script& fail(std::exception_ptr error = std::make_exception_ptr(source_failure())) {
        return tell([&](state& s) { s.error = std::move(error); });
    }

    /// How many items nobody has taken.
    std::size_t left() const {
        const std::lock_guard lock(state_->mutex);
        return state_->items.size();
    }
    /// How often the stream was asked for an item.
    std::size_t polls() const {
        const std::lock_guard lock(state_->mutex);
        return state_->polls;
    }
    /// 1 while the stream lives, then 0.
    int held() const noexcept { return state_->source.held(); }

private:
    template <class Change>
    script& tell(Change change) {
        {
            const std::lock_guard lock(state_->mutex);
            change(*state_);
        }
        state_->waiting.wake();
        return *this;
    }

    std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace weir::testing
