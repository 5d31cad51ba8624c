/// Recording of table changes before the join makes them.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/runtime/pull.hpp>

#include <weir-enrich/joins/retry_queue.hpp>
#include <weir-enrich/journal/journal_writer.hpp>

#include <utility>

namespace weir_enrich {

/// The receivers of changes; each may be null.
struct change_listeners {
    journal_writer* journal = nullptr;
    retry_queue* retries = nullptr;
};

template <class S>
class record_changes_stream : public weir::pullable<record_changes_stream<S>> {
public:
    using value_type = weir::item_t<S>;

    record_changes_stream(S upstream, change_listeners to, table_name table)
        : upstream_(std::move(upstream)), to_(to), table_(table) {}

    template <class Sink>
    weir::poll_state poll(weir::poll_context& cx, Sink&& sink) {
        const auto state = upstream_.poll(cx, [this, &sink](value_type&& change) -> bool {
            change.tell(completeness{complete_});
            record(change);
            return sink(std::move(change));
        });
        // The join takes the end of the updates as the end of a snapshot.
        if (state == weir::poll_state::finished && !complete_) record(value_type::complete());
        return state;
    }

private:
    /// Sets a flag to whether the table has a complete snapshot.
    struct completeness {
        void put(const auto& /*key*/, const auto& /*row*/) {}
        void remove(const auto& /*key*/) {}
        void complete() { is = true; }
        void start_over() { is = false; }
        void replace(const auto& /*rows*/) { is = true; }
        bool& is;
    };

    void record(const value_type& change) {
        if (to_.journal) change.tell(table_recorder(*to_.journal, table_));
        if (to_.retries) change.tell(key_watch(*to_.retries, table_));
    }

    S upstream_;
    change_listeners to_;
    table_name table_;
    bool complete_ = false;
};

/// Reports each change before the join makes it. Nothing may buffer changes between this and the
/// join, so that the journal has them in the order in which they are made.
inline auto record_changes(change_listeners to, table_name table) {
    return weir::pipe([to, table](auto upstream) {
        return record_changes_stream<decltype(upstream)>(std::move(upstream), to, table);
    });
}

}  // namespace weir_enrich
