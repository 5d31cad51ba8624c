/// first: the first item.
#pragma once

#include <weir/runtime/terminal.hpp>

#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class T>
class first_terminal {
public:
    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        const poll_state state = stream.poll(cx, [this](T&& x) -> bool {
            item_.emplace(std::move(x));
            return false;
        });
        return item_ ? poll_state::finished : state;
    }

    std::optional<T> result() { return std::move(item_); }

private:
    std::optional<T> item_;
};

}  // namespace detail

/// Runs the pipeline up to its first item and yields it; an empty optional if there is none.
///
///     std::optional<order> late = co_await (orders | weir::filter(is_late) | weir::first());
///
/// Upstream is asked for one item, and then destroyed.
/// Errors: an exception of upstream before that item.
/// Cancellation: as every terminal (`terminal_operation`).
inline auto first() {
    return terminal_closure([]<class S>(const S&) {
        check_owned_items<S>();
        return detail::first_terminal<item_t<S>>();
    });
}

}  // namespace weir
