/// fold: combines all items into one value.
#pragma once

#include <weir/core/stage.hpp>
#include <weir/runtime/awaitable.hpp>
#include <weir/runtime/terminal.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class State, class F>
class fold_terminal {
public:
    fold_terminal(State initial, F f, stage where)
        : state_(std::move(initial)), f_(std::move(f)), where_(where) {}

    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        // On the stack during the loop, so that the compiler can keep the state in a register.
        State state = std::move(state_);
        const poll_state found = stream.poll(cx, [this, &state](item_t<S>&& x) WEIR_FUSED -> bool {
            state = where_.call(f_, std::move(state), std::move(x));
            return true;
        });
        state_ = std::move(state);
        return found;
    }

    State result() { return std::move(state_); }

private:
    State state_;
    [[no_unique_address]] F f_;
    stage where_;
};

}  // namespace detail

/// Runs the pipeline and yields `f(... f(f(initial, x1), x2) ..., xn)`, or `initial` if the stream
/// is empty.
///
///     auto sum = co_await (numbers | weir::fold(0, std::plus<>{}));
///
/// Errors: `stage_error` naming "fold" and `name` if `f` throws; exceptions of upstream pass.
/// Cancellation: as every terminal (`terminal_operation`).
template <class State, class F>
auto fold(State initial, F f, std::string_view name = {}) {
    return terminal_closure([initial = std::move(initial), f = std::move(f),
                             name]<class S>(const S&) mutable {
        check_not_async<F, State, item_t<S>>();
        static_assert(std::is_invocable_r_v<State, F&, State, item_t<S>>,
                      "weir::fold: the function cannot be called as f(state, item), or does not "
                      "return the state");
        return detail::fold_terminal<State, F>(std::move(initial), std::move(f),
                                               stage("fold", name));
    });
}

}  // namespace weir
