/// skip_while: drops items until the predicate is false.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class S, class P>
class skip_while_stream : public pullable<skip_while_stream<S, P>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    skip_while_stream(S upstream, P drop, stage where)
        : upstream_(std::move(upstream)), drop_(std::move(drop)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
            if (dropping_ && where_.call(drop_, std::as_const(x))) return true;
            dropping_ = false;
            return sink(std::move(x));
        });
    }

private:
    S upstream_;
    [[no_unique_address]] P drop_;
    stage where_;
    bool dropping_ = true;
};

}  // namespace detail

/// Drops items while `drop(const T&)` is true. From the first item for which it is false, passes on
/// all items, in order, without further calls of `drop`.
///
///     lines | weir::skip_while([](const std::string& s) { return s.starts_with('#'); })
///
/// Errors: an exception of `drop` becomes a `stage_error` naming "skip_while" and `name`; errors of
/// upstream pass. Holds nothing: ends and is cancelled with its upstream.
template <class P>
auto skip_while(P drop, std::string_view name = {}) {
    return pipe([drop = std::move(drop), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<P, const item_t<S>&>();
        static_assert(std::is_invocable_r_v<bool, P&, const item_t<S>&>,
                      "weir::skip_while: the predicate cannot be called with a const reference to "
                      "the stream's items, or does not return a bool");
        return detail::skip_while_stream<S, P>(std::move(upstream), std::move(drop),
                                               stage("skip_while", name));
    });
}

}  // namespace weir
