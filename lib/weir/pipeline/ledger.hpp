/// What became of the items that went into a part of a pipeline.
#pragma once

#include <cstdint>

namespace weir {

/// The counters of a source, a stage or a channel. `in == out + filtered + rejected + dropped +
/// in_flight`, in every snapshot that is taken while it runs and at its end.
///
/// Items are counted by weight (weight.hpp): a batch counts the items in it. A stage counts in the
/// unit of what goes into it. A channel counts what it carries: a batch is one.
struct ledger {
    std::uint64_t in = 0;         ///< Handed over to this part.
    std::uint64_t out = 0;        ///< Handed on by it.
    std::uint64_t filtered = 0;   ///< Left out by a step that leaves items out, such as `filter`.
    std::uint64_t rejected = 0;   ///< Faults: of `split_errors`, `codec::decode`, `tcp::receive`.
    std::uint64_t dropped = 0;    ///< Lost: with a failure, a cancellation, or an early end.
    std::uint64_t in_flight = 0;  ///< Still in it: in a batch that fills, in a channel.

    bool balanced() const noexcept { return in == out + filtered + rejected + dropped + in_flight; }
    friend bool operator==(const ledger&, const ledger&) = default;
};

}  // namespace weir
