/// concat: one stream after the other.
#pragma once

#include <weir/joins/detail/inputs.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class T, class Inputs>
class concat_stream : public pullable<concat_stream<T, Inputs>> {
public:
    using value_type = T;

    explicit concat_stream(Inputs inputs) : inputs_(std::move(inputs)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        for (; at_ != inputs_.size(); ++at_) {
            const poll_state state = inputs_.visit(at_, [&](auto, auto& input) WEIR_FUSED {
                const poll_state found = input->poll(cx, sink);
                if (found == poll_state::finished) input.reset();
                return found;
            });
            if (state != poll_state::finished) return state;
        }
        return poll_state::finished;
    }

private:
    Inputs inputs_;
    std::size_t at_ = 0;
};

}  // namespace detail

/// Passes on all items of the first stream, then those of the second, and so on.
///
///     weir::concat(std::move(snapshot), std::move(changes)) | weir::for_each(apply)
///
/// The streams have the same type of items. A vector of streams of one type works too. A stream is
/// not polled before the streams in front of it have ended. It is destroyed when it ends.
/// Errors: the failure of a stream ends the join, and later streams are never polled.
/// Cancellation: all streams are destroyed.
/// Cost: none per item.
/// (For a stream of streams, use `weir::flat_map`.)
template <class... S>
auto concat(S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    using inputs = detail::tuple_inputs<S...>;
    return detail::concat_stream<detail::common_item_t<S...>, inputs>(
        inputs(std::forward<S>(streams)...));
}
template <class S>
auto concat(std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    using inputs = detail::vector_inputs<S>;
    return detail::concat_stream<item_t<S>, inputs>(inputs(std::move(streams)));
}

}  // namespace weir
