/// intersperse: a separator between neighbours.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/pull.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class Make>
class intersperse_stream : public pullable<intersperse_stream<S, Make>> {
public:
    using value_type = item_t<S>;

    intersperse_stream(S upstream, Make make, stage where)
        : upstream_(std::move(upstream)), make_(std::move(make)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (held_) {
            value_type x = *std::exchange(held_, std::nullopt);
            if (!sink(std::move(x))) return poll_state::paused;
        }
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            if (std::exchange(between_, true) && !sink(value_type(where_.call(make_)))) {
                held_.emplace(std::move(x));
                return false;
            }
            return sink(std::move(x));
        });
    }

private:
    S upstream_;
    [[no_unique_address]] Make make_;
    stage where_;
    bool between_ = false;  // an item was passed on, so a separator comes before the next one
    std::optional<value_type> held_;  // an item with its separator passed on
};

}  // namespace detail

/// Passes on the items in order, with a separator between each two; none before the first item and
/// none after the last.
///
///     words | weir::intersperse(std::string(", "))
///     parts | weir::intersperse([] { return std::make_unique<part>(); })
///
/// `separator` is copied each time, or called if it is a function that makes separators.
/// Errors: an exception of that becomes a `stage_error` naming "intersperse" and `name`; errors of
/// upstream pass.
/// Holds at most one item, after its separator was passed on; a cancellation drops it.
template <class T>
auto intersperse(T separator, std::string_view name = {}) {
    if constexpr (std::is_invocable_v<T&>) {
        return pipe([make = std::move(separator), name](auto upstream) mutable {
            using S = decltype(upstream);
            static_assert(std::constructible_from<item_t<S>, std::invoke_result_t<T&>>,
                          "weir::intersperse: what the function makes is no item of the stream");
            check_owned_items<S>();
            return detail::intersperse_stream<S, T>(std::move(upstream), std::move(make),
                                                    stage("intersperse", name));
        });
    } else {
        static_assert(std::copy_constructible<T>,
                      "weir::intersperse: the separator must be copyable, or a function that makes "
                      "one");
        return intersperse([separator = std::move(separator)] { return separator; }, name);
    }
}

}  // namespace weir
