/// merge_preferred: merges several streams, and prefers the earlier ones.
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
class merge_preferred_stream : public pullable<merge_preferred_stream<T, Inputs>> {
public:
    using value_type = T;

    explicit merge_preferred_stream(Inputs inputs) : inputs_(std::move(inputs)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_context::scoped_grant_limit often_interrupted(cx, 64);
        inputs_.begin();
        for (;;) {
            const std::size_t i = inputs_.next_round(0);
            if (i == inputs_.none) return inputs_.wait(cx);
            bool no = false;
            inputs_.poll(cx, i, [&](auto, T&& x) WEIR_FUSED -> bool {
                if (sink(std::move(x))) return !inputs_.woken_before(i);
                no = true;
                return false;
            });
            if (no) return poll_state::paused;
        }
    }

private:
    input_group<Inputs> inputs_;
};

}  // namespace detail

/// Passes on the items of all the streams. Of the streams that are ready, the first in the list
/// comes first.
///
///     weir::merge_preferred(std::move(commands), std::move(events)) | weir::for_each(handle)
///
/// An item of a later stream is passed on only if no earlier stream is ready. This is checked after
/// each item, so a stream that is always ready blocks all streams behind it. (To give streams the
/// same rank, merge them first.)
/// All else is as for `merge`: types, order within a stream, end, errors, cancellation, and the
/// form for a vector of streams.
template <class... S>
auto merge_preferred(S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    using inputs = detail::tuple_inputs<S...>;
    return detail::merge_preferred_stream<detail::common_item_t<S...>, inputs>(
        inputs(std::forward<S>(streams)...));
}
template <class S>
auto merge_preferred(std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    using inputs = detail::vector_inputs<S>;
    return detail::merge_preferred_stream<item_t<S>, inputs>(inputs(std::move(streams)));
}

}  // namespace weir
