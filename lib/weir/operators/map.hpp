/// map: each item through a function.
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
class map_stream : public pullable<map_stream<S, F>> {
public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = std::remove_cvref_t<std::invoke_result_t<F&, item_t<S>>>;

    map_stream(S upstream, F f, stage where)
        : upstream_(std::move(upstream)), f_(std::move(f)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            // Usually a value_type already. If `f` returns a reference, this copies the value.
            return sink(value_type(where_.call(f_, std::move(x))));
        });
    }

    std::size_t size_hint() const { return weir::size_hint(upstream_); }

private:
    S upstream_;
    [[no_unique_address]] F f_;
    stage where_;
};

}  // namespace detail

/// Passes on `f(item)` for each item, in order.
///
///     numbers | weir::map([](int x) { return x * 2; })
///     lines   | weir::map(parse, "parse line")
///
/// `f` is called with the item as an rvalue, on the segment's strand; it must not block. If `f`
/// returns a reference (`map(&person::name)`), the item is a copy of the referenced value. A
/// coroutine would not be awaited here, and does not compile: see `async_map`.
/// Errors: an exception of `f` becomes a `stage_error` naming "map" and `name`; errors of upstream
/// pass.
/// Holds nothing: ends and is cancelled with its upstream. Cost: only that of `f`.
template <class F>
auto map(F f, std::string_view name = {}) {
    return pipe([f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        static_assert(std::is_invocable_v<F&, item_t<S>>,
                      "weir::map: the function cannot be called with the stream's items");
        static_assert(!std::is_void_v<std::invoke_result_t<F&, item_t<S>>>,
                      "weir::map: the function returns nothing; use weir::inspect or "
                      "weir::for_each");
        check_not_async<F, item_t<S>>();
        return detail::map_stream<S, F>(std::move(upstream), std::move(f), stage("map", name));
    });
}

}  // namespace weir
