/// The pipe: `stream | op` applies an operator, `op | op` makes a new one.
///
/// An operator is a *closure*: a value that is called with a stream and returns something else,
/// usually another stream. `pipe(f)` makes one of any callable, and that is all a new operator
/// needs:
///
///     inline auto every_other() {
///         return weir::pipe([](auto upstream) {
///             return std::move(upstream) | weir::enumerate() | weir::filter(odd_index);
///         });
///     }
#pragma once

#include <weir/core/stream.hpp>

#include <type_traits>
#include <utility>

namespace weir {

/// Marks operator closures for `|`.
struct closure_base {};

template <class C>
concept closure = std::derived_from<std::remove_cvref_t<C>, closure_base>;

/// The closure that calls `Apply` with the stream on its left.
template <class Apply>
struct pipe_closure : closure_base {
    explicit pipe_closure(Apply f) : apply(std::move(f)) {}
    [[no_unique_address]] Apply apply;
};

/// Makes an operator of a callable that takes a stream by value. Copyable when the callable is.
template <class Apply>
auto pipe(Apply apply) {
    return pipe_closure<Apply>(std::move(apply));
}

/// What `|` gives where a static_assert has said why it cannot do more: the message is the only
/// one.
struct refused_pipe {};

/// Applies an operator to a stream. Streams are consumed: pass an lvalue with `std::move`.
/// Errors: `std::logic_error` for a stream that was moved from before.
template <class S, class Apply>
    requires(!closure<S>)
// NOLINTNEXTLINE(performance-unnecessary-value-param): it is consumed, where its call says so
auto operator|(S&& upstream, pipe_closure<Apply> op) {
    static_assert(!std::is_lvalue_reference_v<S>,
                  "weir: a pipe takes over its stream; write std::move(stream) | ...");
    if constexpr (std::is_same_v<std::remove_cvref_t<S>, refused_pipe>) {
        return refused_pipe();
    } else {
        detail::check_stream<std::remove_cvref_t<S>>();
        if constexpr (stream<std::remove_cvref_t<S>> && !std::is_lvalue_reference_v<S>) {
            taken_over(upstream);
            return std::move(op.apply)(std::forward<S>(upstream));
        } else {
            return refused_pipe();
        }
    }
}

/// Joins two operators into one: `(s | a) | b` and `s | (a | b)` are the same.
template <class First, class Second>
auto operator|(pipe_closure<First> first, pipe_closure<Second> second) {
    return pipe([first = std::move(first), second = std::move(second)](auto upstream) mutable {
        return std::move(upstream) | std::move(first) | std::move(second);
    });
}

}  // namespace weir
