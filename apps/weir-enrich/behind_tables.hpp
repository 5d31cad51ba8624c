/// Trades in front of tables that may never have been there.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <utility>

#include "table_state.hpp"

namespace weir_enrich {

template <class S>
class behind_tables_stream : public weir::pullable<behind_tables_stream<S>> {
public:
    using value_type = weir::item_t<S>;

    behind_tables_stream(S upstream, const table_state& a, const table_state& b)
        : upstream_(std::move(upstream)), a_(&a), b_(&b) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        if (a_->version() == 0 || b_->version() == 0) return weir::poll_state::finished;
        return upstream_.poll(cx, sink);
    }

private:
    S upstream_;
    const table_state* a_;
    const table_state* b_;
};

/// Ends, and takes nothing from upstream, when the joins ask for items though a table has had no
/// snapshot: its updates have ended without one, for the run is drained.
inline auto behind_tables(const table_state& a, const table_state& b) {
    return weir::pipe([&a, &b](auto upstream) {
        return behind_tables_stream<decltype(upstream)>(std::move(upstream), a, b);
    });
}

}  // namespace weir_enrich
