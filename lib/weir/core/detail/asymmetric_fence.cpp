#include <weir/core/detail/asymmetric_fence.hpp>

#if defined(__linux__) && __has_include(<linux/membarrier.h>)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace weir::detail {

namespace {

bool membarrier(int command) noexcept {
    return ::syscall(SYS_membarrier, command, 0, 0) == 0;
}

}  // namespace

bool has_asymmetric_fences() noexcept {
    static const bool registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
    return registered;
}

// Where it is refused after it was promised (a sandbox that came later), the slow one may still be
// there. Without either a wake-up would be lost now and then: an end that says so is better.
void heavy_fence() noexcept {
    if (has_asymmetric_fences() && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return;
    if (membarrier(MEMBARRIER_CMD_GLOBAL)) return;
    std::fputs("weir: the system refuses membarrier(), which it had granted\n", stderr);
    std::abort();
}

}  // namespace weir::detail

#else

namespace weir::detail {

bool has_asymmetric_fences() noexcept {
    return false;
}

void heavy_fence() noexcept {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace weir::detail

#endif
