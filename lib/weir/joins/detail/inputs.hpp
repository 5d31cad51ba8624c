/// The streams that a join joins: some of known types, or a list of one type.
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

/// Streams of any types, whose number is known: `visit` is a short chain of comparisons, and what
/// it calls is compiled for each of them, and fused with it.
template <class... S>
class tuple_inputs {
public:
    explicit tuple_inputs(S... streams) : streams_(std::move(streams)...) {}

    static constexpr std::size_t size() noexcept { return sizeof...(S); }

    /// Calls `f(i, std::optional<stream>&)` with number `i`, as a constant, and gives back what it
    /// returns. Precondition: i < size().
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

/// Streams of one type, as many as there are. For streams of several types: `any_stream`.
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

/// The item type of streams that must all have the same.
template <class First, class... Others>
struct common_item {
    static_assert((std::same_as<item_t<First>, item_t<Others>> && ...),
                  "weir: the streams that are joined must have the same type of items: map them to "
                  "one, a std::variant perhaps");
    using type = item_t<First>;
};
template <class... S>
using common_item_t = typename common_item<S...>::type;

/// Takes over the streams that are joined. Throws `std::logic_error` if one was moved from before.
template <class... S>
void take_inputs(S&... streams) {
    (taken_over(streams), ...);
}
template <class S>
void take_inputs(std::vector<S>& streams) {
    for (S& stream : streams) taken_over(stream);
}

/// Fails to compile where one of `S` is not a stream that was moved in.
template <class... S>
consteval void check_inputs() {
    static_assert(sizeof...(S) != 0, "weir: nothing to join");
    static_assert((!std::is_lvalue_reference_v<S> && ...),
                  "weir: a join takes over its streams; use std::move");
    (check_stream<std::remove_cvref_t<S>>(), ...);
}

}  // namespace weir::detail
