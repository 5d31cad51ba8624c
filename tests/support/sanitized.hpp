/// How much less a stress test should do where a sanitizer makes it slow.
#pragma once

#include <cstdint>

namespace weir::testing {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr std::uint64_t slower_when_sanitized = 20;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr std::uint64_t slower_when_sanitized = 20;
#else
inline constexpr std::uint64_t slower_when_sanitized = 1;
#endif
#else
inline constexpr std::uint64_t slower_when_sanitized = 1;
#endif

}  // namespace weir::testing
