/// filter_map: changes an item or drops it, in one step.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class F>
class filter_map_stream : public pullable<filter_map_stream<S, F>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type =
        std::remove_cvref_t<decltype(*std::declval<std::invoke_result_t<F&, item_t<S>>>())>;

    filter_map_stream(S upstream, F f, stage where)
        : upstream_(std::move(upstream)), f_(std::move(f)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            auto y = where_.call(f_, std::move(x));
            return y ? static_cast<bool>(sink(value_type(*std::move(y)))) : true;
        });
    }

    std::size_t size_hint() const { return weir::size_hint(upstream_); }

private:
    S upstream_;
    [[no_unique_address]] F f_;
    stage where_;
};

}  // namespace detail

/// Passes on the value of `f(item)` if there is one; `f` returns a `std::optional<U>`.
///
///     words | weir::filter_map([](std::string w) { return to_number(w); })
///
/// Errors: an exception of `f` becomes a `stage_error` naming "filter_map" and `name`.
/// Holds nothing: ends and is cancelled with its upstream.
template <class F>
auto filter_map(F f, std::string_view name = {}) {
    return pipe([f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<F, item_t<S>>();
        static_assert(std::is_invocable_v<F&, item_t<S>>,
                      "weir::filter_map: the function cannot be called with the stream's items");
        return detail::filter_map_stream<S, F>(std::move(upstream), std::move(f),
                                               stage("filter_map", name));
    });
}

}  // namespace weir
