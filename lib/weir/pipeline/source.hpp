/// Sources that a drain can stop.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/pipeline/source_gate.hpp>
#include <weir/pipeline/stage_books.hpp>
#include <weir/pipeline/stage_step.hpp>
#include <weir/pipeline/weight.hpp>
#include <weir/runtime/pull.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// The stream behind `pipeline::source`: its upstream, counted, until the gate is shut.
template <class S>
class source_stream : public pullable<source_stream<S>> {
    // What a poll has handed on, for the books, however the poll ends.
    struct entry {
        WEIR_FUSED ~entry() {
            const std::uint64_t faults = rejected_by(upstream) - rejected_before;
            books.now().in += handed_on + faults;
            books.now().out += handed_on;
            books.now().rejected += faults;
            books.publish();
        }
        stage_books& books;
        const S& upstream;
        std::uint64_t rejected_before;
        std::uint64_t handed_on = 0;
    };

public:
    using value_type = item_t<S>;

    source_stream(S upstream, std::shared_ptr<source_gate> gate, books_use books)
        : books_(std::move(books)), gate_(std::move(gate)), upstream_(std::move(upstream)) {}
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
        entry e{*books_, *upstream_, rejected_by(*upstream_)};
        return upstream_->poll(cx, [&e, &sink](value_type&& x) WEIR_FUSED -> bool {
            e.handed_on += weight_of(x);
            return sink(std::move(x));
        });
    }

private:
    books_use books_;
    std::shared_ptr<source_gate> gate_;
    std::optional<S> upstream_;
};

}  // namespace weir
