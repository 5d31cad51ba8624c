/// What happened to the items that entered a part of a pipeline.
#pragma once

#include <cstdint>

namespace weir {

/// The counters of a source, a stage or a channel. `in == out + filtered + rejected + dropped +
/// in_flight`, in every snapshot, while it runs and at its end.
///
/// Items count by their records (record_count.hpp): a batch counts as the items in it. A stage
/// counts in the unit of its input. A channel counts the objects that it carries: a batch is one.
struct ledger {
    std::uint64_t in = 0;         ///< Received by this part.
    std::uint64_t out = 0;        ///< Handed on by this part.
    std::uint64_t filtered = 0;   ///< Left out by a step that leaves items out, such as `filter`.
    std::uint64_t rejected = 0;   ///< Faults: of `split_errors`, `codec::decode`, `tcp::receive`.
    std::uint64_t dropped = 0;    ///< Lost: with a failure, a cancellation, or an early end.
    std::uint64_t in_flight = 0;  ///< Still inside: in a batch that fills, in a channel.

    bool balanced() const noexcept { return in == out + filtered + rejected + dropped + in_flight; }
    friend bool operator==(const ledger&, const ledger&) = default;
};

}  // namespace weir
