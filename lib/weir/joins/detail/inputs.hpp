/// The inputs of a join: a fixed number of streams of any types, or a list of streams of one type.
#pragma once

#include <weir/core/stream.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// A fixed number of streams of any types. `visit` is a short chain of comparisons. The function it
/// calls is compiled for each stream, and fused with it.
template <class... S>
class tuple_inputs {
public:
    explicit tuple_inputs(S... streams) : streams_(std::move(streams)...) {}

    static constexpr std::size_t size() noexcept { return sizeof...(S); }

    /// Calls `f(i, std::optional<stream>&)`, with number `i` as a constant, and returns the result.
    /// Precondition: i < size().
    template <class F>
    WEIR_FUSED auto visit(std::size_t i, F&& f) {
        return visit_from<0>(i, f);
    }

private:
    template <std::size_t N>
    using number = std::integral_constant<std::size_t, N>;

    template <std::size_t N, class F>
    WEIR_FUSED auto visit_from(std::size_t i, F& f) {
        if constexpr (N + 1 == sizeof...(S)) {
            return f(number<N>(), std::get<N>(streams_));
        } else {
            if (i == N) return f(number<N>(), std::get<N>(streams_));
            return visit_from<N + 1>(i, f);
        }
    }

    std::tuple<std::optional<S>...> streams_;
};

/// Any number of streams of one type. For streams of several types, use `any_stream`.
template <class S>
class vector_inputs {
public:
    explicit vector_inputs(std::vector<S> streams) {
        streams_.reserve(streams.size());
        for (S& s : streams) streams_.emplace_back(std::move(s));
    }

    std::size_t size() const noexcept { return streams_.size(); }

    template <class F>
    WEIR_FUSED auto visit(std::size_t i, F&& f) {
        return f(i, streams_[i]);
    }

private:
    std::vector<std::optional<S>> streams_;
};

/// The item type that all the streams must have in common.
template <class First, class... Others>
struct common_item {
    static_assert((std::same_as<item_t<First>, item_t<Others>> && ...),
                  "weir: the streams that are joined must have the same type of items: map them to "
                  "one, a std::variant perhaps");
    using type = item_t<First>;
};
template <class... S>
using common_item_t = typename common_item<S...>::type;

/// Takes over the joined streams. Throws `std::logic_error` if a stream was moved from before.
template <class... S>
void take_inputs(S&... streams) {
    (taken_over(streams), ...);
}
template <class S>
void take_inputs(std::vector<S>& streams) {
    for (S& stream : streams) taken_over(stream);
}

/// Fails to compile if one of `S` is not a stream that was moved in.
template <class... S>
consteval void check_inputs() {
    static_assert(sizeof...(S) != 0, "weir: nothing to join");
    static_assert((!std::is_lvalue_reference_v<S> && ...),
                  "weir: a join takes over its streams; use std::move");
    (check_stream<std::remove_cvref_t<S>>(), ...);
}

}  // namespace weir::detail
