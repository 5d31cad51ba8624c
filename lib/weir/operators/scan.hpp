/// scan: a running state, passed on after each item.
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

template <class S, class State, class F>
class scan_stream : public pullable<scan_stream<S, State, F>> {
public:
    static constexpr step_kind step = step_kind::passes;
    using value_type = State;

    scan_stream(S upstream, State state, F f, stage where)
        : upstream_(std::move(upstream)),
          state_(std::move(state)),
          f_(std::move(f)),
          where_(where) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        return upstream_.poll(cx, [this, &sink](item_t<S>&& x) WEIR_FUSED -> bool {
            state_ = where_.call(f_, std::move(state_), std::move(x));
            return sink(State(state_));
        });
    }

private:
    S upstream_;
    State state_;
    [[no_unique_address]] F f_;
    stage where_;
};

}  // namespace detail

/// Passes on `s1 = f(initial, x1)`, `s2 = f(s1, x2)`, ...: as many items as there are inputs.
///
///     deposits | weir::scan(0.0, std::plus<>{})   // the balance after each
///
/// `State` must be copyable, because a copy is passed on. The initial value is not passed on.
/// Errors: an exception of `f` becomes a `stage_error` naming "scan" and `name`.
template <class State, class F>
auto scan(State initial, F f, std::string_view name = {}) {
    static_assert(std::copy_constructible<State>, "weir::scan: the state must be copyable");
    return pipe([initial = std::move(initial), f = std::move(f), name](auto upstream) mutable {
        using S = decltype(upstream);
        check_not_async<F, State, item_t<S>>();
        static_assert(std::is_invocable_r_v<State, F&, State, item_t<S>>,
                      "weir::scan: the function cannot be called as f(state, item), or does not "
                      "return the state");
        return detail::scan_stream<S, State, F>(std::move(upstream), std::move(initial),
                                                std::move(f), stage("scan", name));
    });
}

}  // namespace weir
