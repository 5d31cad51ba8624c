/// What a test must know of the sanitizer it runs under: how much less a stress test should do, and
/// how many threads a process has for it.
#pragma once

#include <cstddef>
#include <cstdint>

// GCC says it by a macro, clang by a feature.
#if defined(__SANITIZE_THREAD__)
#define WEIR_TEST_THREAD_SANITIZER 1
#elif defined(__SANITIZE_ADDRESS__)
#define WEIR_TEST_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR_TEST_THREAD_SANITIZER 1
#elif __has_feature(address_sanitizer)
#define WEIR_TEST_ADDRESS_SANITIZER 1
#endif
#endif

namespace weir::testing {

#if defined(WEIR_TEST_THREAD_SANITIZER)
inline constexpr std::uint64_t slower_when_sanitized = 20;
inline constexpr std::size_t threads_of_sanitizer = 1;
#elif defined(WEIR_TEST_ADDRESS_SANITIZER)
inline constexpr std::uint64_t slower_when_sanitized = 20;
inline constexpr std::size_t threads_of_sanitizer = 0;
#else
inline constexpr std::uint64_t slower_when_sanitized = 1;
inline constexpr std::size_t threads_of_sanitizer = 0;
#endif

}  // namespace weir::testing
