/// last: the last item.
#pragma once

#include <weir/runtime/terminal.hpp>

#include <optional>
#include <utility>

namespace weir {

namespace detail {

template <class T>
class last_terminal {
public:
    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return stream.poll(cx, [this](T&& x) WEIR_FUSED -> bool {
            item_ = std::move(x);
            return true;
        });
    }

    std::optional<T> result() { return std::move(item_); }

private:
    std::optional<T> item_;
};

}  // namespace detail

/// Runs the pipeline to its end and yields its last item; an empty optional if there is none.
///
///     std::optional<double> balance = co_await (deposits | weir::scan(0.0, add) | weir::last());
///
/// Errors: exceptions of upstream. Cancellation: as every terminal (`terminal_operation`).
inline auto last() {
    return terminal_closure([]<class S>(const S&) {
        check_owned_items<S>();
        return detail::last_terminal<item_t<S>>();
    });
}

}  // namespace weir
