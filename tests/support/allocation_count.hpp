/// Counts calls of `operator new` in the whole program. Link allocation_count.cpp into the one test
/// executable that needs it: it replaces the global operators.
#pragma once

#include <cstddef>

namespace weir::testing {

/// How many blocks were allocated since the program began, on all threads.
std::size_t allocation_count() noexcept;

}  // namespace weir::testing
