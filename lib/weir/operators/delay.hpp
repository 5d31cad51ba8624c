/// delay: passes on each item some time later.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/clock.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/runtime/saturating.hpp>

#include <cstddef>
#include <deque>
#include <stdexcept>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class delay_stream : public pullable<delay_stream<S>> {
public:
    using value_type = item_t<S>;

    delay_stream(S upstream, clock::duration by, std::size_t most)
        : upstream_(std::move(upstream)), by_(by), most_(most) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const clock& time = clock_of(cx.executor());
        for (;;) {
            for (const auto now = time.now(); !held_.empty() && held_.front().due <= now;) {
                value_type x = std::move(held_.front().item);
                held_.pop_front();
                if (!sink(std::move(x))) return poll_state::paused;
            }
            if (!ended_ && held_.size() < most_) {
                const auto due = deadline_after(time.now(), by_);
                const poll_state state = upstream_.poll(cx, [this, due](value_type&& x) -> bool {
                    held_.push_back(waiting{due, std::move(x)});
                    return held_.size() < most_;
                });
                ended_ = state == poll_state::finished;
            }
            if (held_.empty()) return ended_ ? poll_state::finished : poll_state::pending;
            if (!alarm_.reached(cx, held_.front().due)) return poll_state::pending;
        }
    }

private:
    struct waiting {
        clock::time_point due;
        value_type item;
    };

    S upstream_;
    clock::duration by_;
    std::size_t most_;
    std::deque<waiting> held_;  // in the order of arrival, so their times are in order too
    bool ended_ = false;        // upstream has ended
    alarm alarm_;
};

}  // namespace detail

/// Passes on each item `by` after it came, in order; the pauses between items stay the same.
///
///     replayed | weir::delay(5s)
///
/// Holds the items of that time, but at most `most`. When it is full, it asks upstream for no more
/// until the first item was passed on. An item counts as arrived when it is taken. The end comes
/// after the last item. A failure comes at once, and drops the held items.
/// Errors: `std::invalid_argument` if the time is negative or `most` is 0. Time is that of the
/// executor's clock; items that are ready together count as arriving together.
/// Cost: one clock read and one timer per chunk of items.
inline auto delay(clock::duration by, std::size_t most = 1024) {
    if (by < clock::duration::zero()) {
        throw std::invalid_argument("weir::delay: the time must not be negative");
    }
    if (most == 0) throw std::invalid_argument("weir::delay: it must hold at least 1 item");
    return pipe([by, most](auto upstream) {
        check_owned_items<decltype(upstream)>();
        return detail::delay_stream<decltype(upstream)>(std::move(upstream), by, most);
    });
}

}  // namespace weir
