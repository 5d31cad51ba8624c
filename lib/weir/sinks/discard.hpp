/// discard: runs a pipeline only for its side effects.
#pragma once

#include <weir/runtime/terminal.hpp>

namespace weir {

namespace detail {

class discard_terminal {
public:
    template <class S>
    poll_state poll(poll_context& cx, S& stream) {
        return stream.poll(cx, [](item_t<S>&&) WEIR_FUSED { return true; });
    }
    void result() {}
};

}  // namespace detail

/// Runs the pipeline to its end and drops its items.
///
///     co_await (rows | weir::inspect(log) | weir::discard());
///
/// Yields nothing. Errors: exceptions of upstream. Cancellation: as every terminal
/// (`terminal_operation`).
inline auto discard() {
    return terminal_closure([](const auto&) { return detail::discard_terminal(); });
}

}  // namespace weir
