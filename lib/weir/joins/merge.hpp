/// merge: the items of several streams as they arrive.
#pragma once

#include <weir/joins/detail/input_group.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// The number of items that a merge takes from one input at a time while other inputs have some
/// too.
class chunk_bound {
public:
    /// Errors: `std::invalid_argument` if `items` is 0.
    explicit chunk_bound(std::size_t items) : items_(items) {
        if (items == 0) throw std::invalid_argument("weir::merge: a run must be at least 1 item");
    }
    std::size_t items() const noexcept { return items_; }

private:
    std::size_t items_;
};

namespace detail {

template <class T, class Inputs>
class merge_stream : public pullable<merge_stream<T, Inputs>> {
public:
    using value_type = T;

    merge_stream(Inputs inputs, chunk_bound chunk)
        : inputs_(std::move(inputs)), chunk_(chunk.items()) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_context::scoped_grant_limit no_more_than_a_chunk(cx, chunk_);
        inputs_.begin();
        for (;;) {
            const std::size_t i = inputs_.next_round(next_);
            if (i == inputs_.none) return inputs_.wait(cx);
            next_ = i + 1;  // also if the sink refuses: another input is next then
            std::size_t left = chunk_;
            bool no = false;
            inputs_.poll(cx, i, [&](auto, T&& x) WEIR_FUSED -> bool {
                if (sink(std::move(x))) return --left != 0;
                no = true;
                return false;
            });
            if (no) return poll_state::paused;
        }
    }

private:
    input_group<Inputs> inputs_;
    std::size_t chunk_;
    std::size_t next_ = 0;
};

}  // namespace detail

/// Passes on the items of all the streams as they arrive.
///
///     weir::merge(std::move(left), std::move(right)) | weir::for_each(store)
///     weir::merge(std::move(many))                   // std::vector<weir::any_stream<event>>
///     weir::merge(weir::chunk_bound(1), std::move(left), std::move(right))
///
/// The streams have the same type of items, and are moved in. In the first form, each stream keeps
/// its type and is compiled into the consumer's loop.
/// Order: the order of each stream is kept.
/// Fairness: inputs that are ready alternate. Each gives up to a chunk (64 items by default), or
/// one item if the consumer takes items one by one. All inputs run on the consumer's strand, so put
/// a `buffer` behind an input that does much work.
/// End: when all inputs have ended. Each input is destroyed when it ends.
/// Errors: the first failure of an input ends the merge and destroys the other inputs.
/// `std::invalid_argument` for a chunk of 0.
/// Cancellation: all inputs are destroyed; later wake-ups of them have no effect.
/// Cost: about half a nanosecond per item. A wake-up polls only the input that was woken, however
/// many there are. The first poll allocates once for each input.
template <class... S>
auto merge(chunk_bound chunk, S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    using inputs = detail::tuple_inputs<S...>;
    return detail::merge_stream<detail::common_item_t<S...>, inputs>(
        inputs(std::forward<S>(streams)...), chunk);
}
template <class S>
auto merge(chunk_bound chunk, std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    using inputs = detail::vector_inputs<S>;
    return detail::merge_stream<item_t<S>, inputs>(inputs(std::move(streams)), chunk);
}
template <class... S>
auto merge(S&&... streams) {
    return merge(chunk_bound(64), std::forward<S>(streams)...);
}

}  // namespace weir
