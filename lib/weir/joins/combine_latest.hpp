/// combine_latest: the newest item of each stream, whenever one of them has a new one.
#pragma once

#include <weir/joins/detail/input_group.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/joins/detail/latest_items.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

template <class Items, class Inputs>
class combine_latest_stream : public pullable<combine_latest_stream<Items, Inputs>> {
public:
    using value_type = typename Items::value_type;

    combine_latest_stream(Items items, Inputs inputs)
        : latest_(std::move(items)), inputs_(std::move(inputs)) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_context::single_items one(cx);
        inputs_.begin();
        for (;;) {
            const std::size_t i = inputs_.next_round(next_);
            if (i == inputs_.none) return inputs_.wait(cx);
            next_ = i + 1;
            bool no = false;
            bool heard = false;
            const poll_state state = inputs_.poll(cx, i, [&](auto number, auto&& x) -> bool {
                latest_.put(number, std::move(x));
                if (latest_.missing() == 0) no = !sink(latest_.copy());
                return false;
            });
            if (no) return poll_state::paused;
            if (state != poll_state::finished) continue;
            inputs_.inputs().visit(i, [&](auto number, auto&) { heard = latest_.has(number); });
            if (!heard) return poll_state::finished;  // this input's item will always be missing
        }
    }

private:
    Items latest_;
    input_group<Inputs> inputs_;
    std::size_t next_ = 0;
};

}  // namespace detail

/// The newest items of all the streams, as a `std::tuple`, or as a `std::vector` for a vector of
/// streams. The first result comes when each stream has given an item. After that, each new item of
/// any stream gives another result.
///
///     weir::combine_latest(std::move(bids), std::move(asks))
///         | weir::for_each([](std::tuple<price, price> spread) { ... })
///
/// Items are copied. Before every stream has given an item, only the newest item of each is kept.
/// Streams that are ready alternate, one item each, so two streams that are always ready advance
/// together.
/// End: when all streams have ended, or when one ends without having given an item.
/// Errors: the first failure of an input ends the join.
/// Cancellation: all inputs are destroyed.
/// Cost: one copy of each newest item for each result; wake-ups and allocations as for `merge`.
template <class... S>
auto combine_latest(S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    static_assert((std::copy_constructible<item_t<S>> && ...),
                  "weir::combine_latest: each newest item is copied as often as it is passed on; "
                  "use std::shared_ptr<const T> for what cannot be copied");
    using items = detail::tuple_items<item_t<S>...>;
    using inputs = detail::tuple_inputs<S...>;
    return detail::combine_latest_stream<items, inputs>(items(),
                                                        inputs(std::forward<S>(streams)...));
}
template <class S>
auto combine_latest(std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    static_assert(std::copy_constructible<item_t<S>>,
                  "weir::combine_latest: each newest item is copied as often as it is passed on; "
                  "use std::shared_ptr<const T> for what cannot be copied");
    using items = detail::vector_items<item_t<S>>;
    using inputs = detail::vector_inputs<S>;
    const std::size_t count = streams.size();
    return detail::combine_latest_stream<items, inputs>(items(count), inputs(std::move(streams)));
}

}  // namespace weir
