/// The operators, each as a trial, with parameters that the dice draw.
#pragma once

#include <support/trial.hpp>

#include <span>

namespace weir::testing {

using step_maker = trial (*)(seeded_random& dice);

/// Every operator that passes items on in order, and the streams that are steps too (a generator,
/// an any_stream, from_async).
std::span<const step_maker> all_steps();

/// One after the other.
trial chain(trial first, trial second);

}  // namespace weir::testing
