/// Whether the places of a run can be used together.
#pragma once

#include "run.hpp"

namespace weir_enrich {

/// Refuses a run that would write to what it reads, or two things to one file: compares all places
/// of `options`, and opens none. Errors: usage_error, which names both options.
void check_places(const run_options& options);

}  // namespace weir_enrich
