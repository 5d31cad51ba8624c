/// Sources that a drain can stop.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/pipeline/counted_step.hpp>
#include <weir/pipeline/detail/source_gate.hpp>
#include <weir/pipeline/detail/stage_counters.hpp>
#include <weir/pipeline/record_count.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace weir::detail {

/// The stream of `pipeline::source`: it passes its upstream's items on, counted, until the gate is
/// shut.
template <class S>
class source_stream : public pullable<source_stream<S>> {
    // Adds the items that a poll handed on to the counters, also if the poll throws.
    struct entry {
        WEIR_FUSED ~entry() {
            const std::uint64_t faults = rejected_by(upstream) - rejected_before;
            counters.now().in += handed_on + faults;
            counters.now().out += handed_on;
            counters.now().rejected += faults;
            counters.publish();
        }
        stage_counters& counters;
        const S& upstream;
        std::uint64_t rejected_before;
        std::uint64_t handed_on = 0;
    };

public:
    using value_type = item_t<S>;

    source_stream(S upstream, std::shared_ptr<source_gate> gate, counters_use counters)
        : counters_(std::move(counters)), gate_(std::move(gate)), upstream_(std::move(upstream)) {}
    source_stream(source_stream&&) noexcept = default;
    source_stream& operator=(source_stream&&) = delete;
    ~source_stream() {
        if (gate_) gate_->leave();
    }

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (gate_->poll_shut(cx)) {
            if constexpr (drainable_stream<S>) {
                upstream_->drain();
            } else {
                upstream_.reset();
                return poll_state::finished;
            }
        }
        entry e{*counters_, *upstream_, rejected_by(*upstream_)};
        return upstream_->poll(cx, [&e, &sink](value_type&& x) WEIR_FUSED -> bool {
            e.handed_on += record_count_of(x);
            return sink(std::move(x));
        });
    }

private:
    counters_use counters_;
    std::shared_ptr<source_gate> gate_;
    std::optional<S> upstream_;
};

}  // namespace weir::detail
