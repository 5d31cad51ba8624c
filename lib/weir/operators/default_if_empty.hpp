/// default_if_empty: a value for a stream without items.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class S>
class default_if_empty_stream : public pullable<default_if_empty_stream<S>> {
public:
    using value_type = item_t<S>;

    default_if_empty_stream(S upstream, value_type value)
        : upstream_(std::move(upstream)), value_(std::move(value)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (ended_) return poll_state::finished;
        const poll_state state =
            upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
                value_.reset();
                return sink(std::move(x));
            });
        ended_ = state == poll_state::finished;
        if (!ended_ || !value_) return state;
        value_type value = *std::exchange(value_, std::nullopt);
        // If the sink refuses after this item, it sees the end with the next poll.
        return sink(std::move(value)) ? poll_state::finished : poll_state::paused;
    }

private:
    S upstream_;
    std::optional<value_type> value_;  // until an item has come
    bool ended_ = false;               // upstream has ended
};

}  // namespace detail

/// Passes on all items, or `value` if upstream ends without an item.
///
///     matches | weir::default_if_empty(no_match)
///
/// Errors: errors of upstream pass, and then `value` is not passed on. Holds `value` until the
/// first item; ends and is cancelled with its upstream.
template <class T>
auto default_if_empty(T value) {
    return pipe([value = std::move(value)](auto upstream) mutable {
        using S = decltype(upstream);
        static_assert(std::constructible_from<item_t<S>, T>,
                      "weir::default_if_empty: the value cannot be made an item of the stream");
        check_owned_items<S>();
        return detail::default_if_empty_stream<S>(std::move(upstream), item_t<S>(std::move(value)));
    });
}

}  // namespace weir
