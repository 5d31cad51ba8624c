/// take_last: the last n items.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class S>
class take_last_stream : public pullable<take_last_stream<S>> {
public:
    using value_type = item_t<S>;

    take_last_stream(S upstream, std::size_t n) : upstream_(std::move(upstream)), n_(n) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (!ended_) {
            const poll_state state = upstream_.poll(cx, [this](value_type&& x) -> bool {
                keep(std::move(x));
                return true;
            });
            if (state != poll_state::finished) return state;
            ended_ = true;
            left_ = ring_.size();
        }
        return hand_over(cx, sink);
    }

private:
    void keep(value_type&& x) {
        if (ring_.size() < n_) {
            ring_.push_back(std::move(x));
        } else {
            ring_[oldest_] = std::move(x);
            step();
        }
    }

    template <class Sink>
    poll_state hand_over(poll_context& cx, Sink& sink) {
        while (left_ != 0) {
            std::size_t granted = cx.grant(left_);
            if (granted == 0) return poll_state::pending;
            for (; granted != 0; --granted) {
                --left_;
                value_type x = std::move(ring_[oldest_]);
                step();
                if (!sink(std::move(x))) return poll_state::paused;
            }
        }
        return poll_state::finished;
    }

    void step() noexcept { oldest_ = oldest_ + 1 == ring_.size() ? 0 : oldest_ + 1; }

    S upstream_;
    std::size_t n_;
    std::vector<value_type> ring_;
    std::size_t oldest_ = 0;  // its index in the ring
    std::size_t left_ = 0;    // items to pass on, once upstream has ended
    bool ended_ = false;
};

}  // namespace detail

/// Passes on the last `n` items, in order, once upstream has ended; all items of a shorter stream.
///
///     log | weir::take_last(20)
///
/// An endless stream gives no item.
/// Errors: `std::invalid_argument` if `n` is 0. Errors of upstream pass; the held items are then
/// dropped with the pipeline, as on a cancellation.
/// Holds up to `n` items; memory grows as they come.
inline auto take_last(std::size_t n) {
    if (n == 0) throw std::invalid_argument("weir::take_last: the number must be at least 1");
    return pipe([n](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        return detail::take_last_stream<S>(std::move(upstream), n);
    });
}

}  // namespace weir
