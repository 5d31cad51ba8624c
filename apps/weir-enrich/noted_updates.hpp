/// Changes of a table on their way into the join.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <utility>

#include "journal_writer.hpp"
#include "waiting_room.hpp"

namespace weir_enrich {

/// Who wants to know of changes; null where there is none.
struct change_listeners {
    journal_writer* journal = nullptr;
    waiting_room* room = nullptr;
};

template <class S>
class noted_stream : public weir::pullable<noted_stream<S>> {
public:
    using value_type = weir::item_t<S>;

    noted_stream(S upstream, change_listeners to, table_name table)
        : upstream_(std::move(upstream)), to_(to), table_(table) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        const auto state = upstream_.poll(cx, [this, &sink](value_type&& change) -> bool {
            change.tell(completeness{complete_});
            note(change);
            return sink(std::move(change));
        });
        // For the join the end of the updates completes a snapshot.
        if (state == weir::poll_state::finished && !complete_) note(value_type::complete());
        return state;
    }

private:
    /// Whether the table has a whole snapshot.
    struct completeness {
        void put(const auto& /*key*/, const auto& /*row*/) {}
        void remove(const auto& /*key*/) {}
        void complete() { is = true; }
        void start_over() { is = false; }
        void replace(const auto& /*rows*/) { is = true; }
        bool& is;
    };

    void note(const value_type& change) {
        if (to_.journal) change.tell(table_recorder(*to_.journal, table_));
        if (to_.room) change.tell(key_watch(*to_.room, table_));
    }

    S upstream_;
    change_listeners to_;
    table_name table_;
    bool complete_ = false;
};

/// Tells of each change before the join makes it; nothing may hold changes back between this and
/// the join, so that the journal has them in the order in which they are made.
inline auto noted(change_listeners to, table_name table) {
    return weir::pipe([to, table](auto upstream) {
        return noted_stream<decltype(upstream)>(std::move(upstream), to, table);
    });
}

}  // namespace weir_enrich
