/// A check that the endpoints of a run can be used together.
#pragma once

#include <weir-enrich/model/run_options.hpp>

namespace weir_enrich {

/// Refuses a run that would write to a file it reads, or write one file twice. Compares all
/// endpoints of `options`, and opens none. Errors: usage_error, which names both options.
void check_endpoints(const run_options& options);

}  // namespace weir_enrich
