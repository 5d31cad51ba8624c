/// ready_chunks: what is ready at once, in vectors.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class S>
class ready_chunks_stream : public pullable<ready_chunks_stream<S>> {
public:
    static constexpr step_kind step = step_kind::gathers;
    using value_type = std::vector<item_t<S>>;

    ready_chunks_stream(S upstream, std::size_t max_items)
        : upstream_(std::move(upstream)), max_items_(max_items) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        while (!ended_) {
            value_type chunk;
            const poll_state state = gather(cx, chunk);
            ended_ = state == poll_state::finished;
            if (!chunk.empty() && !sink(std::move(chunk))) return poll_state::paused;
            if (state == poll_state::pending) return state;
        }
        // The items that came before the failure have been passed on.
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
        return poll_state::finished;
    }

private:
    poll_state gather(poll_context& cx, value_type& chunk) {
        try {
            return upstream_.poll(cx, [this, &chunk](item_t<S>&& x) -> bool {
                chunk.push_back(std::move(x));
                return chunk.size() < max_items_;
            });
        } catch (...) {
            failure_ = std::current_exception();
            return poll_state::finished;
        }
    }

    S upstream_;
    std::size_t max_items_;
    std::exception_ptr failure_;
    bool ended_ = false;  // upstream has
};

}  // namespace detail

/// Passes on vectors of the items that are ready at the same time, in order, at most `max_items` in
/// each. No vector is empty. An item never waits for another: a vector goes on as soon as upstream
/// has nothing more ready. (`batch` waits until a vector is full.)
///
///     requests | weir::ready_chunks(100) | weir::for_each(write_together)
///
/// Use it where one call for many items is cheaper than many calls, and delay must stay low: while
/// the consumer is busy, items gather upstream (in a channel, say) and the next vector is larger.
/// How the items are cut into vectors depends on timing.
///
/// Holds nothing between polls. Errors: `std::invalid_argument` if `max_items` is 0. If upstream
/// fails, the items before the failure are passed on first. On a cancellation nothing is lost here
/// but with the pipeline. Runs on the segment's strand. Cost: each vector grows as it fills.
inline auto ready_chunks(std::size_t max_items) {
    if (max_items == 0) {
        throw std::invalid_argument("weir::ready_chunks: the size must be at least 1");
    }
    return pipe([max_items](auto upstream) {
        using S = decltype(upstream);
        check_owned_items<S>();
        return detail::ready_chunks_stream<S>(std::move(upstream), max_items);
    });
}

}  // namespace weir
