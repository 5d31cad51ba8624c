/// flat_map: makes a stream of each item, and passes on their items one stream after the other.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>
#include <weir/sources/from_range.hpp>

#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class F>
class flat_map_stream : public pullable<flat_map_stream<S, F>> {
    using result = std::remove_cvref_t<std::invoke_result_t<F&, item_t<S>>>;

    static auto as_stream(result r) {
        if constexpr (stream<result>) {
            return r;
        } else {
            static_assert(std::ranges::input_range<result>,
                          "weir::flat_map: the function must return a stream or a range");
            return from_range(std::move(r));
        }
    }
    using inner_stream = decltype(as_stream(std::declval<result>()));

public:
    using value_type = item_t<inner_stream>;

    flat_map_stream(S upstream, F f, stage where)
        : upstream_(std::move(upstream)), f_(std::move(f)), where_(where) {}

    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        if (inner_) {
            const poll_state state = inner_->poll(cx, sink);
            if (state != poll_state::finished) return state;
            inner_.reset();
        }
        poll_state inner_state = poll_state::finished;
        const poll_state outer_state = upstream_.poll(cx, [&](item_t<S>&& x) -> bool {
            inner_.emplace(as_stream(where_.call(f_, std::move(x))));
            inner_state = inner_->poll(cx, sink);
            if (inner_state != poll_state::finished) return false;
            inner_.reset();
            return true;
        });
        return inner_ ? inner_state : outer_state;
    }

private:
    S upstream_;
    [[no_unique_address]] F f_;
    stage where_;
    std::optional<inner_stream> inner_;
};

}  // namespace detail

/// Passes on all items of the stream (or range) `f(item)`, then those for the next item, and so on.
///
///     orders | weir::flat_map([](order o) { return std::move(o.lines); })
///
/// Order: inner streams run one at a time, in order. An inner stream that fails ends the whole.
/// Errors: an exception of `f` becomes a `stage_error` naming "flat_map" and `name`.
/// Holds one inner stream, which is cancelled (destroyed) with the pipeline.
template <class F>
auto flat_map(F f, std::string_view name = {}) {
    return pipe([f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<F, item_t<S>>();
        static_assert(std::is_invocable_v<F&, item_t<S>>,
                      "weir::flat_map: the function cannot be called with the stream's items");
        return detail::flat_map_stream<S, F>(std::move(upstream), std::move(f),
                                             stage("flat_map", name));
    });
}

}  // namespace weir
