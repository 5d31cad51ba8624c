/// step_kind: what a step does with each item, as the ledger of a stage counts it.
#pragma once

#include <cstdint>

namespace weir {

/// The kind of a step. A stream that is a step says it in a member `step`:
///
///     template <class S>
///     class every_other_stream : public weir::pullable<every_other_stream<S>> {
///     public:
///         static constexpr weir::step_kind step = weir::step_kind::filters;
///         ...
///
/// A step that is none of these has no place in the equation of a ledger, and none in a stage.
/// `flat_map`, for example, makes several items of one; `buffer` runs on two strands.
enum class step_kind : std::uint8_t {
    passes,   ///< One item out for each item in, at once.
    filters,  ///< One item out or none, at once: those left out are `filtered`.
    rejects,  ///< One item out or none, at once: those left out are `rejected`.
    gathers   ///< Keeps items, and hands them on together: what it keeps is `in_flight`.
};

}  // namespace weir
