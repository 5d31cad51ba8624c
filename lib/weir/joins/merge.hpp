/// merge: the items of several streams as they come.
#pragma once

#include <weir/joins/input_group.hpp>
#include <weir/joins/inputs.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// How many items a merge takes from one input on end while others have some too.
class run_bound {
public:
    /// Errors: `std::invalid_argument` if `items` is 0.
    explicit run_bound(std::size_t items) : items_(items) {
        if (items == 0) throw std::invalid_argument("weir::merge: a run must be at least 1 item");
    }
    std::size_t items() const noexcept { return items_; }

private:
    std::size_t items_;
};

template <class T, class Inputs>
class merge_stream : public pullable<merge_stream<T, Inputs>> {
public:
    using value_type = T;

    merge_stream(Inputs inputs, run_bound run) : inputs_(std::move(inputs)), run_(run.items()) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        const poll_context::small_grants no_more_than_a_run(cx, run_);
        inputs_.begin();
        for (;;) {
            const std::size_t i = inputs_.next_round(next_);
            if (i == inputs_.none) return inputs_.wait(cx);
            next_ = i + 1;  // also when the sink says no: another one is first then
            std::size_t left = run_;
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
    std::size_t run_;
    std::size_t next_ = 0;
};

/// Passes on the items of all the streams, as they come.
///
///     weir::merge(std::move(left), std::move(right)) | weir::for_each(store)
///     weir::merge(std::move(many))                   // std::vector<weir::any_stream<event>>
///     weir::merge(weir::run_bound(1), std::move(left), std::move(right))
///
/// The streams have the same type of items. They are moved in; in the first form each keeps its
/// type, and is compiled into the consumer's loop.
/// Order: that of each stream is kept. Fair: inputs that have something take turns, each for up to
/// a run (64 items, if nothing else is said), and one item each where the consumer takes them one
/// by one. All run on the strand of the consumer; put a `buffer` behind one that has much to do.
/// End: when all have ended; each is destroyed when it ends. Errors: the first failure of an input
/// ends the whole, and the others are destroyed with it. `std::invalid_argument` for a run of 0.
/// Cancellation: all inputs are destroyed, whatever wakes them later.
/// Cost: half a nanosecond an item or so; a wake-up polls the input that was woken and no other,
/// however many there are. Allocates with its first poll, once for each input.
template <class... S>
auto merge(run_bound run, S&&... streams) {
    check_inputs<S...>();
    take_inputs(streams...);
    using inputs = fixed_inputs<S...>;
    return merge_stream<common_item_t<S...>, inputs>(inputs(std::forward<S>(streams)...), run);
}
template <class S>
auto merge(run_bound run, std::vector<S> streams) {
    check_inputs<S>();
    take_inputs(streams);
    using inputs = listed_inputs<S>;
    return merge_stream<item_t<S>, inputs>(inputs(std::move(streams)), run);
}
template <class... S>
auto merge(S&&... streams) {
    return merge(run_bound(64), std::forward<S>(streams)...);
}

}  // namespace weir
