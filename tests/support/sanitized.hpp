/// What a test must know of the sanitizer it runs under: how much less a stress test should do, and
/// how many threads a process has for it.
#pragma once

#include <cstddef>
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

#if defined(__SANITIZE_THREAD__)
inline constexpr std::size_t threads_of_sanitizer = 1;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr std::size_t threads_of_sanitizer = 1;
#else
inline constexpr std::size_t threads_of_sanitizer = 0;
#endif
#else
inline constexpr std::size_t threads_of_sanitizer = 0;
#endif

}  // namespace weir::testing
