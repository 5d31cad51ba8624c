/// Streams around streams, for tests: one that is always late, and one that tells on its upstream.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <stdexcept>
#include <utility>

namespace weir::testing {

/// Answers `pending` before each item and before the end, after asking to be polled again: so that
/// every operator meets input that must be waited for.
template <class S>
class interleave_pending : public pullable<interleave_pending<S>> {
public:
    using value_type = item_t<S>;

    explicit interleave_pending(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (std::exchange(wait_, !wait_)) {
            cx.wake();
            return poll_state::pending;
        }
        bool more = true;
        const poll_state state = upstream_.poll(cx, [&](value_type&& x) -> bool {
            more = sink(std::move(x));
            return false;
        });
        if (state == poll_state::pending) wait_ = false;  // upstream wakes us, and has an item then
        if (state != poll_state::paused) return state;
        if (!more) return poll_state::paused;
        cx.wake();
        wait_ = false;
        return poll_state::pending;
    }

private:
    S upstream_;
    bool wait_ = true;
};

/// Passes everything on, and throws `std::logic_error` where its upstream breaks the protocol:
/// items after a "no", an answer other than `paused` to a "no", `paused` without one. It does not
/// let itself be polled after the end either.
template <class S>
class strict : public pullable<strict<S>> {
public:
    using value_type = item_t<S>;

    explicit strict(S upstream) : upstream_(std::move(upstream)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (over_) throw std::logic_error("a stream was polled after its end");
        bool said_no = false;
        over_ = true;  // also if this throws
        const poll_state state = upstream_.poll(cx, [&](value_type&& x) -> bool {
            if (said_no) throw std::logic_error("an item after the sink said no");
            said_no = !sink(std::move(x));
            return !said_no;
        });
        over_ = state == poll_state::finished;
        if (said_no && state != poll_state::paused) {
            throw std::logic_error("the sink said no and the stream did not pause");
        }
        if (!said_no && state == poll_state::paused) {
            throw std::logic_error("the stream paused and nobody said no");
        }
        return state;
    }

private:
    S upstream_;
    bool over_ = false;
};

}  // namespace weir::testing
