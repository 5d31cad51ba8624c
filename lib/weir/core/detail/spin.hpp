/// Waiting for what is a matter of nanoseconds.
#pragma once

namespace weir::detail {

/// Looks up to `tries` times, some nanoseconds apart, whether `ready()`; true when it is. For what
/// another thread is just doing, where to sleep would cost a hundred times as much.
template <class Ready>
bool spin_until(Ready ready, int tries) noexcept {
    for (; tries != 0; --tries) {
        if (ready()) return true;
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("isb" ::: "memory");
#endif
    }
    return false;
}

}  // namespace weir::detail
