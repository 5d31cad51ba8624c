/// Sources that a drain can stop.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/pipeline/source_gate.hpp>
#include <weir/runtime/pull.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// The stream behind `pipeline::source`: its upstream, until the gate is shut.
template <class S>
class source_stream : public pullable<source_stream<S>> {
public:
    using value_type = item_t<S>;

    source_stream(S upstream, std::shared_ptr<source_gate> gate)
        : upstream_(std::move(upstream)), gate_(std::move(gate)) {}
    source_stream(source_stream&&) noexcept = default;
    source_stream& operator=(source_stream&&) = delete;
    ~source_stream() {
        if (gate_) gate_->leave();
    }

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        if (gate_->poll_shut(cx)) upstream_.reset();
        if (!upstream_) return poll_state::finished;
        return upstream_->poll(cx, sink);
    }

private:
    std::optional<S> upstream_;
    std::shared_ptr<source_gate> gate_;
};

}  // namespace weir
