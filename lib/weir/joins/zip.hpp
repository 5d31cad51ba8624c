/// zip: one item of each stream, together.
#pragma once

#include <weir/joins/detail/input_group.hpp>
#include <weir/joins/detail/inputs.hpp>
#include <weir/joins/detail/latest_items.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

namespace detail {

/// Zips a fixed number of streams of any types. The last stream passes its items on directly. Each
/// of its items fetches one item of each other stream.
template <class... S>
class zip_stream : public pullable<zip_stream<S...>> {
    static constexpr std::size_t last = sizeof...(S) - 1;
    using last_number = std::integral_constant<std::size_t, last>;
    using last_item = std::tuple_element_t<last, std::tuple<item_t<S>...>>;

public:
    using value_type = std::tuple<item_t<S>...>;

    explicit zip_stream(S... streams) : streams_(std::move(streams)...) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        // On the stack during the loop, so that the compiler can keep the items in registers.
        held items = std::move(items_);
        const poll_state state = poll(cx, sink, items);
        items_ = std::move(items);
        return state;
    }

private:
    using held = tuple_items<item_t<S>...>;

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink& sink, held& items) {
        const poll_context::scoped_grant_limit often_interrupted(cx, 64);
        for (;;) {
            poll_state others = fetch_others(cx, items);
            if (others == poll_state::pending &&
                fetch(cx, items, last_number()) == poll_state::finished) {
                others = poll_state::finished;
            }
            if (others != poll_state::paused) return others;
            if (items.missing() == 0) {
                if (!sink(items.take())) return poll_state::paused;
                continue;
            }
            bool no = false;
            const poll_state state =
                std::get<last>(streams_).poll(cx, [&](last_item&& x) WEIR_FUSED -> bool {
                    items.put(last_number(), std::move(x));
                    no = !sink(items.take());
                    if (no) return false;
                    others = fetch_others(cx, items);
                    return others == poll_state::paused;
                });
            if (no) return poll_state::paused;
            if (others == poll_state::finished) return others;
            if (state != poll_state::paused) return state;
        }
    }

    /// `paused`: the item is there. Never called again after `finished`, because zip ends then.
    template <class Number>
    WEIR_FUSED poll_state fetch(poll_context& cx, held& items, Number number) {
        if (items.has(number)) return poll_state::paused;
        using item = std::tuple_element_t<Number::value, value_type>;
        const poll_context::single_items one(cx);
        return std::get<Number::value>(streams_).poll(cx, [&](item&& x) WEIR_FUSED -> bool {
            items.put(number, std::move(x));
            return false;
        });
    }

    /// Fetches the items of all streams but the last, so that all of them work at once. `finished`
    /// when one has ended, `paused` when all items are there.
    WEIR_FUSED poll_state fetch_others(poll_context& cx, held& items) {
        return fetch_each(cx, items, std::make_index_sequence<last>());
    }
    template <std::size_t... N>
    WEIR_FUSED poll_state fetch_each(poll_context& cx, held& items, std::index_sequence<N...>) {
        poll_state all = poll_state::paused;
        const auto one = [&](auto number) WEIR_FUSED {
            const poll_state state = fetch(cx, items, number);
            if (state != poll_state::paused) all = state;
            return state != poll_state::finished;
        };
        static_cast<void>((one(std::integral_constant<std::size_t, N>()) && ...));
        return all;
    }

    std::tuple<S...> streams_;
    held items_;
};

/// Zips a list of streams of one type.
template <class S>
class zip_list_stream : public pullable<zip_list_stream<S>> {
public:
    using value_type = std::vector<item_t<S>>;

    explicit zip_list_stream(std::vector<S> streams)
        : inputs_(vector_inputs<S>(std::move(streams))), items_(inputs_.size()) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (inputs_.size() == 0) return poll_state::finished;
        const poll_context::single_items one(cx);
        inputs_.begin();
        for (;;) {
            inputs_.collect();
            for (std::size_t i = 0; i != inputs_.size(); ++i) {
                if (items_.has(i) || !inputs_.ready(i)) continue;
                const poll_state state =
                    inputs_.poll(cx, i, [this](std::size_t number, item_t<S>&& x) -> bool {
                        items_.put(number, std::move(x));
                        return false;
                    });
                if (state == poll_state::finished) return state;
            }
            if (items_.missing() != 0) return inputs_.wait(cx);
            if (!sink(items_.take())) return poll_state::paused;
        }
    }

private:
    input_group<vector_inputs<S>> inputs_;
    vector_items<item_t<S>> items_;
};

}  // namespace detail

/// Passes on the first items of all the streams together, then the second ones, and so on. The
/// result is a `std::tuple`, or a `std::vector` for a vector of streams.
///
///     weir::zip(std::move(names), std::move(ages))
///         | weir::for_each([](std::tuple<std::string, int> person) { ... })
///
/// zip waits for streams that are behind. It polls each stream until that stream's item has come,
/// and takes no more than one item that the other streams do not have yet.
/// End: when a stream has ended and its items are used. A surplus item of another stream is
/// dropped. (If streams end at the same time, this is known only after one more poll.)
/// Errors: the first failure of an input ends the whole.
/// Cancellation: all inputs are destroyed.
/// Cost: 1 to 3 ns per item; for a vector of streams, one allocation per result.
template <class... S>
auto zip(S&&... streams) {
    detail::check_inputs<S...>();
    detail::take_inputs(streams...);
    return detail::zip_stream<S...>(std::forward<S>(streams)...);
}
template <class S>
auto zip(std::vector<S> streams) {
    detail::check_inputs<S>();
    detail::take_inputs(streams);
    return detail::zip_list_stream<S>(std::move(streams));
}

}  // namespace weir
