/// What a counted stage must know of the steps in it.
#pragma once

#include <weir/core/step_kind.hpp>

#include <concepts>
#include <cstdint>

namespace weir {

/// A stream that says what kind of step it is (`weir::step_kind`), and so may be part of a stage.
template <class S>
concept counted_step = requires {
    { S::step } -> std::convertible_to<step_kind>;
};

/// A stream that makes records of something else, such as bytes, and gives what is no record to a
/// function: `rejected()` is how often it has done so. `codec::decode` and `tcp::receive` are such
/// streams. A stage may begin with one, and a `pipeline::source` may stand directly behind one: the
/// ledger counts each record and each fault as `in`, and the faults as `rejected`.
template <class S>
concept rejecting_stream = requires(const S& s) {
    { s.rejected() } -> std::convertible_to<std::uint64_t>;
};

/// What `s` has rejected so far; 0 for a stream that rejects nothing by itself.
template <class S>
std::uint64_t rejected_by(const S& s) noexcept {
    if constexpr (rejecting_stream<S>) {
        return s.rejected();
    } else {
        return 0;
    }
}

}  // namespace weir
