/// script: a source that follows the test's script.
#pragma once

#include <weir/core/error.hpp>
#include <weir/core/stream.hpp>
#include <weir/core/waker.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>
#include <weir/testing/resource.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <exception>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

namespace weir::testing {

/// The default failure of a scripted source.
struct source_error : weir::error {
    source_error() : weir::error("the source has failed") {}
};

/// The script of one stream, written before and while the stream runs. Copies write the same
/// script.
///
///     script<int> numbers;
///     numbers.give({1, 2, 3}).pause();  // ready at once; then it suspends once
///     numbers.at(20ms).give(4);            // 20 ms after the stream was first polled
///     auto s = numbers.stream();        // pending after 4, until more is given
///     numbers.give(5).end();               // wakes it
///
/// The steps happen in the order in which they were added. Time is that of the context's clock. The
/// stream holds a resource while it lives (`held()`). It throws `std::logic_error` if it is polled
/// after it ended or failed, because no operator may do that. Thread-safe, except for the stream it
/// makes.
template <class T>
class script {
    struct pause_once {};
    struct wait_until {
        clock::duration since_start;
    };
    struct end_here {};
    using step = std::variant<T, pause_once, wait_until, end_here, std::exception_ptr>;

    struct state {
        std::mutex mutex;
        std::deque<step> steps;
        waker_slot waiting;
        resource source;
        std::size_t polls = 0;
        std::size_t polls_after_end = 0;
        bool over = false;
    };

public:
    class scripted_stream : public pullable<scripted_stream> {
    public:
        using value_type = T;

        explicit scripted_stream(std::shared_ptr<state> s)
            : state_(std::move(s)), held_(state_->source.acquire()) {}
        scripted_stream(scripted_stream&&) noexcept = default;
        // As for every leaf: the script outlives the stream, and must not keep a segment that no
        // longer waits.
        ~scripted_stream() {
            if (state_) state_->waiting.disarm();
        }

        template <class Sink>
        poll_state poll(poll_context& cx, Sink&& sink) {
            if (!began_) began_ = clock_of(cx.executor()).now();
            count_poll();
            for (;;) {
                std::unique_lock lock(state_->mutex);
                if (state_->steps.empty()) {
                    state_->waiting.arm(cx.poller());
                    return poll_state::pending;
                }
                step& next = state_->steps.front();
                if (auto* until = std::get_if<wait_until>(&next)) {
                    if (!alarm_.reached(cx, deadline_after(*began_, until->since_start))) {
                        return poll_state::pending;
                    }
                    state_->steps.pop_front();
                    continue;
                }
                if (!std::holds_alternative<T>(next)) return not_an_item(cx, next);
                T item = std::get<T>(std::move(next));
                state_->steps.pop_front();
                lock.unlock();
                if (!sink(std::move(item))) return poll_state::paused;
            }
        }

    private:
        void count_poll() {
            const std::lock_guard lock(state_->mutex);
            ++state_->polls;
            if (!state_->over) return;
            ++state_->polls_after_end;
            throw std::logic_error("a stream was polled after its end");
        }

        poll_state not_an_item(poll_context& cx, step& next) {
            if (std::holds_alternative<pause_once>(next)) {
                state_->steps.pop_front();
                cx.wake();
                return poll_state::pending;
            }
            state_->over = true;
            if (auto* error = std::get_if<std::exception_ptr>(&next)) {
                std::rethrow_exception(*error);
            }
            return poll_state::finished;
        }

        std::shared_ptr<state> state_;
        resource::hold held_;
        std::optional<clock::time_point> began_;
        alarm alarm_;
    };

    /// The stream that follows this script. Call it only once.
    scripted_stream stream() const { return scripted_stream(state_); }

    script& give(T item) { return tell(step(std::in_place_type<T>, std::move(item))); }
    script& give(std::initializer_list<T> items) {
        for (const T& item : items) give(T(item));
        return *this;
    }
    /// Answers `pending` once, and asks to be polled again.
    script& pause() { return tell(pause_once()); }
    /// The steps after this one do not happen before `since_start` after the first poll of the
    /// stream.
    script& at(clock::duration since_start) { return tell(wait_until{since_start}); }
    /// Ends the stream. Later steps are never reached.
    script& end() { return tell(end_here()); }
    /// Fails: throws `error` from the poll.
    script& fail(std::exception_ptr error = std::make_exception_ptr(source_error())) {
        return tell(std::move(error));
    }

    /// How many items have not been taken.
    std::size_t left() const {
        const std::lock_guard lock(state_->mutex);
        return static_cast<std::size_t>(
            std::count_if(state_->steps.begin(), state_->steps.end(),
                          [](const step& s) { return std::holds_alternative<T>(s); }));
    }
    /// How often the stream was polled.
    std::size_t polls() const {
        const std::lock_guard lock(state_->mutex);
        return state_->polls;
    }
    /// How often it was polled after it had ended or failed. Above 0, an operator breaks the
    /// protocol.
    std::size_t polls_after_end() const {
        const std::lock_guard lock(state_->mutex);
        return state_->polls_after_end;
    }
    /// Whether the stream has ended or failed.
    bool over() const {
        const std::lock_guard lock(state_->mutex);
        return state_->over;
    }
    /// 1 while the stream lives, then 0.
    int held() const noexcept { return state_->source.held(); }

private:
    script& tell(step next) {
        {
            const std::lock_guard lock(state_->mutex);
            state_->steps.push_back(std::move(next));
        }
        state_->waiting.wake();
        return *this;
    }

    std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace weir::testing
