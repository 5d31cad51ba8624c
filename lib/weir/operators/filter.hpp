/// filter: only the items that fulfil a predicate.
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

template <class S, class P>
class filter_stream : public pullable<filter_stream<S, P>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    filter_stream(S upstream, P keep, stage where)
        : upstream_(std::move(upstream)), keep_(std::move(keep)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            if (where_.call(keep_, std::as_const(x))) return sink(std::move(x));
            return true;
        });
    }

    std::size_t size_hint() const { return weir::size_hint(upstream_); }

private:
    S upstream_;
    [[no_unique_address]] P keep_;
    stage where_;
};

}  // namespace detail

/// Passes on the items for which `keep(const T&)` is true, in order; others are destroyed.
///
///     numbers | weir::filter([](int x) { return x % 2 == 0; })
///
/// Errors: an exception of `keep` becomes a `stage_error` naming "filter" and `name`.
/// Holds nothing: ends and is cancelled with its upstream. Cost: only that of `keep`.
template <class P>
auto filter(P keep, std::string_view name = {}) {
    return pipe([keep = std::move(keep), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<P, const item_t<S>&>();
        static_assert(std::is_invocable_r_v<bool, P&, const item_t<S>&>,
                      "weir::filter: the predicate cannot be called with a const reference to the "
                      "stream's items, or does not return a bool");
        return detail::filter_stream<S, P>(std::move(upstream), std::move(keep),
                                           stage("filter", name));
    });
}

}  // namespace weir
