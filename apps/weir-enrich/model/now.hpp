/// The clock that latencies are measured by.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir_enrich {

/// Nanoseconds of the steady clock.
inline std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace weir_enrich
