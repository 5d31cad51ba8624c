/// strict: checks that a stream follows the protocol.
#pragma once

#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <stdexcept>
#include <utility>

namespace weir::testing {

/// Passes everything on, and throws `std::logic_error` if its upstream breaks the protocol: an item
/// after a "no", an answer other than `paused` to a "no", or `paused` without one. It also refuses
/// to be polled after the end.
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
