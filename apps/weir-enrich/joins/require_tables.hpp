/// A stop for trades when a table is missing.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <weir-enrich/model/table_state.hpp>

#include <utility>

namespace weir_enrich {

template <class S>
class require_tables_stream : public weir::pullable<require_tables_stream<S>> {
public:
    using value_type = weir::item_t<S>;

    require_tables_stream(S upstream, const table_state& a, const table_state& b)
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

/// Ends, and takes nothing from upstream, if the joins ask for items before a table had a snapshot.
/// That happens when a drain ends the table's updates before the snapshot is complete.
inline auto require_tables(const table_state& a, const table_state& b) {
    return weir::pipe([&a, &b](auto upstream) {
        return require_tables_stream<decltype(upstream)>(std::move(upstream), a, b);
    });
}

}  // namespace weir_enrich
