/// Counted stages: a part of a chain that keeps a ledger.
#pragma once

#include <weir/core/pipe.hpp>
#include <weir/core/stream.hpp>
#include <weir/pipeline/counted_step.hpp>
#include <weir/pipeline/detail/stage_counters.hpp>
#include <weir/pipeline/record_count.hpp>
#include <weir/runtime/pull.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Counts, at the beginning of a run of steps, what happens to each item.
///
/// Within a run, an item goes from step to step in one call. When that call returns, the last mark
/// that the item passed (`marked_stream`) says what happened to it. During a poll the counts are
/// kept on the stack, in registers if possible. Run 0 begins at the start of the stage. Run 1
/// begins after the step that gathers, and subtracts its items from those in flight.
template <class S, std::size_t Run>
class counted_run {
    struct counts {
        std::uint64_t began = 0;
        std::uint64_t out = 0;
        std::uint64_t held = 0;
        std::uint64_t filtered = 0;
        std::uint64_t rejected = 0;
        std::uint64_t dropped = 0;

        WEIR_FUSED void settle(item_fate fate, std::uint64_t n) noexcept {
            if (fate == item_fate::out) [[likely]] {
                out += n;
            } else if (fate == item_fate::filtered) {
                filtered += n;
            } else if (fate == item_fate::rejected) {
                rejected += n;
            } else {
                held += n;
            }
        }
        // The item's call threw. A step that had left the item out would have returned, so the item
        // was lost.
        void settle_thrown(item_fate fate, std::uint64_t n) noexcept {
            (fate == item_fate::out ? out : fate == item_fate::held ? held : dropped) += n;
        }
    };

    // Adds the counts to the counters when the poll ends, also by an exception.
    struct entry {
        WEIR_FUSED ~entry() {
            ledger& now = counters.now();
            if constexpr (rejecting_stream<S>) {
                const std::uint64_t faults = rejected_by(upstream) - rejected_before;
                now.in += faults;
                now.rejected += faults;
            }
            if constexpr (Run == 0) {
                now.in += sums.began;
            } else {
                now.in_flight -= sums.began;
            }
            now.out += sums.out;
            now.in_flight += sums.held;
            now.filtered += sums.filtered;
            now.rejected += sums.rejected;
            now.dropped += sums.dropped;
        }
        stage_counters& counters;
        const S& upstream;
        std::uint64_t rejected_before;
        counts sums;
    };

public:
    using value_type = item_t<S>;

    counted_run(S upstream, stage_counters& counters)
        : upstream_(std::move(upstream)), counters_(&counters) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        entry e{*counters_, upstream_, rejected_by(upstream_), {}};
        item_fate& fate = counters_->fate(Run);
        return upstream_.poll(cx, [&e, &fate, &sink](value_type&& x) WEIR_FUSED -> bool {
            const std::uint64_t n = record_count_of(x);
            e.sums.began += n;
            fate = item_fate::held;
            bool more = false;
            try {
                more = sink(std::move(x));
            } catch (...) {
                e.sums.settle_thrown(fate, n);
                throw;
            }
            e.sums.settle(fate, n);
            return more;
        });
    }

    S take_upstream() && { return std::move(upstream_); }

private:
    S upstream_;
    stage_counters* counters_;
};

/// Marks each passing item with its fate if it goes no further.
template <class S, std::size_t Run, item_fate Fate>
class marked_stream {
public:
    using value_type = item_t<S>;

    marked_stream(S upstream, stage_counters& counters)
        : upstream_(std::move(upstream)), counters_(&counters) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        item_fate& fate = counters_->fate(Run);
        return upstream_.poll(cx, [&fate, &sink](value_type&& x) WEIR_FUSED -> bool {
            fate = Fate;
            return sink(std::move(x));
        });
    }

private:
    S upstream_;
    stage_counters* counters_;
};

/// A stage under construction: the stream so far. Each step that is piped onto it gets the marks
/// that it needs (`operator|` below). `Run` is the current run. `CanGather` is true if each item
/// counts as one record and no step has gathered yet.
template <class S, std::size_t Run, bool CanGather>
struct stage_part {
    using value_type = item_t<S>;
    using stream_type = S;
    static constexpr std::size_t run = Run;
    static constexpr bool can_gather = CanGather;

    /// Never called: it lets a stage under construction count as a stream when its type is queried.
    template <class Sink>
    poll_state poll(poll_context& cx, Sink&& sink) {
        return stream.poll(cx, sink);
    }

    S stream;
    counters_use counters;
};

template <class T>
inline constexpr bool is_stage_part = false;
template <class S, std::size_t Run, bool CanGather>
inline constexpr bool is_stage_part<stage_part<S, Run, CanGather>> = true;

template <class S>
inline constexpr bool is_begin_of_stage = false;
template <class S>
inline constexpr bool is_begin_of_stage<counted_run<S, 0>> = !rejecting_stream<S>;

/// Puts the step that makes the stage's records before the point where its items are counted.
template <class S, bool CanGather, class Apply>
auto begin_with(stage_part<S, 0, CanGather>&& part, Apply apply) {
    auto made = std::move(apply)(std::move(part.stream).take_upstream());
    using made_type = decltype(made);
    using counted = counted_run<made_type, 0>;
    stage_counters& counters = *part.counters;
    return stage_part<counted, 0, record_count<item_t<made_type>>::is_unit>{
        counted(std::move(made), counters), std::move(part.counters)};
}

/// Puts a step of the given kind onto a stage.
template <step_kind Kind, class Part, class Apply>
auto add_step(Part&& part, Apply apply) {
    using part_type = std::remove_cvref_t<Part>;
    using S = typename part_type::stream_type;
    constexpr std::size_t run = part_type::run;
    stage_counters& counters = *part.counters;
    const auto marked = [&]<item_fate Fate>() {
        return std::move(apply)(marked_stream<S, run, Fate>(std::move(part.stream), counters));
    };
    if constexpr (Kind == step_kind::gathers) {
        static_assert(part_type::can_gather && record_count<item_t<S>>::is_unit,
                      "weir::pipeline::stage: a stage may gather once, and only items that weigh 1 "
                      "(see weir::record_count): put what gathers batches in a stage of its own");
        using made = decltype(marked.template operator()<item_fate::held>());
        using counted = counted_run<made, 1>;
        return stage_part<counted, 1, false> {
            counted(marked.template operator()<item_fate::held>(), counters),
            std::move(part.counters)
        };
    } else if constexpr (Kind == step_kind::passes) {
        auto made = std::move(apply)(std::move(part.stream));
        return stage_part<decltype(made), run, part_type::can_gather>{std::move(made),
                                                                      std::move(part.counters)};
    } else {
        constexpr auto fate =
            Kind == step_kind::filters ? item_fate::filtered : item_fate::rejected;
        auto made = marked.template operator()<fate>();
        return stage_part<decltype(made), run, part_type::can_gather>{std::move(made),
                                                                      std::move(part.counters)};
    }
}

/// A step inside a counted stage. A closure made of several steps gets here once for each step.
template <class S, std::size_t Run, bool CanGather, class Apply>
auto operator|(stage_part<S, Run, CanGather>&& part, pipe_closure<Apply> op) {
    using made = decltype(std::move(op.apply)(std::move(part)));
    if constexpr (is_stage_part<made>) {
        return std::move(op.apply)(std::move(part));
    } else if constexpr (rejecting_stream<made>) {
        static_assert(is_begin_of_stage<S>,
                      "weir::pipeline::stage: a step that makes records and rejects faults "
                      "(codec::decode) has to be the first of its stage");
        return begin_with(std::move(part), std::move(op.apply));
    } else {
        static_assert(
            counted_step<made>,
            "weir::pipeline::stage: this step cannot be counted. A stage holds steps that "
            "pass, leave out or gather items (map, filter, split_errors, batch, ...). "
            "Terminals, buffer and on go between stages; flat_map makes items of nothing. "
            "A step of your own says its kind in a member: see weir::step_kind.");
        return add_step<made::step>(std::move(part), std::move(op.apply));
    }
}

/// A complete stage. `S` is its last step.
template <class S, std::size_t Run>
class stage_stream : public pullable<stage_stream<S, Run>> {
    struct publishing {
        ~publishing() { counters.publish(); }
        stage_counters& counters;
    };

public:
    using value_type = item_t<S>;

    stage_stream(S upstream, counters_use counters)
        : counters_(std::move(counters)), upstream_(std::move(upstream)) {}

    template <class Sink>
    WEIR_FUSED poll_state poll(poll_context& cx, Sink&& sink) {
        const publishing after{*counters_};
        item_fate& fate = counters_->fate(Run);
        return upstream_.poll(cx, [&fate, &sink](value_type&& x) WEIR_FUSED -> bool {
            fate = item_fate::out;
            return sink(std::move(x));
        });
    }

private:
    counters_use counters_;  // declared before the steps: closed after the steps are destroyed
    S upstream_;
};

/// Makes a counted stage from `upstream` and the steps `op`.
template <class S, class Apply>
auto counted(S upstream, pipe_closure<Apply> op, counters_use counters) {
    using first = counted_run<S, 0>;
    stage_counters& b = *counters;
    stage_part<first, 0, record_count<item_t<S>>::is_unit> part{first(std::move(upstream), b),
                                                                std::move(counters)};
    auto whole = std::move(part) | std::move(op);
    using part_type = decltype(whole);
    static_assert(is_stage_part<part_type>);
    using S_ = typename part_type::stream_type;
    return stage_stream<S_, part_type::run>(std::move(whole.stream), std::move(whole.counters));
}

}  // namespace weir::detail
