/// race: the stream that has the first item.
#pragma once

#include <weir/joins/detail/input_group.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class T, class Inputs>
class race_stream : public pullable<race_stream<T, Inputs>> {
public:
    using value_type = T;

    explicit race_stream(Inputs inputs) : inputs_(std::move(inputs)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (winner_ != inputs_.none) {
            return inputs_.inputs().visit(winner_,
                                          [&](auto, auto& input) { return input->poll(cx, sink); });
        }
        inputs_.begin();
        for (std::size_t i = 0;; ++i) {
            i = inputs_.next_round(i);
            if (i == inputs_.none) return inputs_.wait(cx);
            const poll_state state = inputs_.poll(cx, i, [&](auto, T&& x) -> bool {
                if (winner_ == inputs_.none) {
                    winner_ = i;
                    inputs_.keep_only(i);
                }
                return sink(std::move(x));
            });
            if (winner_ == inputs_.none) continue;
            // From here on the winner is polled and woken like a stream without a race.
            if (state == poll_state::pending) return poll(cx, sink);
            return state;
        }
    }

private:
    input_group<Inputs> inputs_;
    std::size_t winner_ = input_group<Inputs>::none;
};

}  // namespace detail

/// Passes on the items of the stream that has an item first. The other streams are destroyed before
/// that item is passed on.
///
///     weir::race(ask(primary), ask(replica)) | weir::take(1) | weir::for_each(answer)
///
/// The streams have the same type of items. A vector of streams of one type works too. If several
/// streams have an item at once, the first of these in the list wins.
/// End: with the winner. A stream that ends without an item leaves the race. If there is no winner,
/// the race ends with the last stream.
/// Errors: a failure before there is a winner ends the race. (If the other streams should go on,
/// give a stream that may fail a `recover`.)
/// Cancellation: all streams are destroyed.
template <class... S>
auto race(S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    using inputs = detail::tuple_inputs<S...>;
    return detail::race_stream<detail::common_item_t<S...>, inputs>(
        inputs(std::forward<S>(streams)...));
}
template <class S>
auto race(std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    using inputs = detail::vector_inputs<S>;
    return detail::race_stream<item_t<S>, inputs>(inputs(std::move(streams)));
}

}  // namespace weir
