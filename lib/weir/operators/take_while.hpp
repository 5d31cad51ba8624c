/// take_while: passes items on until the predicate is false.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stage.hpp>
#include <weir/core/step_kind.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/pull.hpp>

#include <string_view>
#include <utility>

namespace weir {

namespace detail {

template <class S, class P>
class take_while_stream : public pullable<take_while_stream<S, P>> {
public:
    static constexpr step_kind step = step_kind::filters;
    using value_type = item_t<S>;

    take_while_stream(S upstream, P keep, stage where)
        : upstream_(std::move(upstream)), keep_(std::move(keep)), where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (over_) return poll_state::finished;
        const poll_state state =
            upstream_.poll(cx, [this, &sink](value_type&& x) WEIR_FUSED -> bool {
                over_ = !where_.call(keep_, std::as_const(x));
                return over_ ? false : static_cast<bool>(sink(std::move(x)));
            });
        return over_ ? poll_state::finished : state;
    }

private:
    S upstream_;
    [[no_unique_address]] P keep_;
    stage where_;
    bool over_ = false;
};

}  // namespace detail

/// Passes on items while `keep(const T&)` is true. At the first false it drops that item and ends.
///
///     prices | weir::take_while([](double p) { return p < limit; })
///
/// Errors: an exception of `keep` becomes a `stage_error` naming "take_while" and `name`.
template <class P>
auto take_while(P keep, std::string_view name = {}) {
    return pipe([keep = std::move(keep), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<P, const item_t<S>&>();
        static_assert(std::is_invocable_r_v<bool, P&, const item_t<S>&>,
                      "weir::take_while: the predicate cannot be called with a const reference to "
                      "the stream's items, or does not return a bool");
        return detail::take_while_stream<S, P>(std::move(upstream), std::move(keep),
                                               stage("take_while", name));
    });
}

}  // namespace weir
