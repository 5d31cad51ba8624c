/// Counts calls of `operator new` in the whole program. Link allocation_count.cpp into the one test
/// executable that needs it: it replaces the global operators.
#pragma once

#include <cstddef>

// TSan's operator new is its own and cannot be replaced.
#if defined(__SANITIZE_THREAD__)
#define WEIR_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR_COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(WEIR_COUNTS_ALLOCATIONS)
#define WEIR_COUNTS_ALLOCATIONS 1
#endif

namespace weir::testing {

/// How many blocks were allocated since the program began, on all threads; 0 under TSan.
std::size_t allocation_count() noexcept;

}  // namespace weir::testing
