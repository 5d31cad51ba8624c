/// inspect: looks at items as they pass.
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
class inspect_stream : public pullable<inspect_stream<S, F>> {
public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = item_t<S>;

    inspect_stream(S upstream, F look, stage where)
        : upstream_(std::move(upstream)), look_(std::move(look)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            where_.call(look_, std::as_const(x));
            return sink(std::move(x));
        });
    }

    std::size_t size_hint() const { return weir::size_hint(upstream_); }

private:
    S upstream_;
    [[no_unique_address]] F look_;
    stage where_;
};

}  // namespace detail

/// Calls `look(const T&)` with each item and passes it on unchanged.
///
///     rows | weir::inspect([&](const row&) { ++seen; })
///
/// Errors: an exception of `look` becomes a `stage_error` naming "inspect" and `name`.
template <class F>
auto inspect(F look, std::string_view name = {}) {
    return pipe([look = std::move(look), name](auto upstream) mutable {
        using S = decltype(upstream);
        static_assert(std::is_invocable_v<F&, const item_t<S>&>,
                      "weir::inspect: the function cannot be called with a const reference to the "
                      "stream's items");
        check_not_async<F, const item_t<S>&>();
        return detail::inspect_stream<S, F>(std::move(upstream), std::move(look),
                                            stage("inspect", name));
    });
}

}  // namespace weir
