#include <weir/core/asymmetric_fence.hpp>

#if defined(__linux__) && __has_include(<linux/membarrier.h>)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weir {

namespace {

bool membarrier(int command) noexcept {
    return ::syscall(SYS_membarrier, command, 0, 0) == 0;
}

}  // namespace

bool has_asymmetric_fences() noexcept {
    static const bool registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
    return registered;
}

// It cannot fail once the process is registered.
void heavy_fence() noexcept {
    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

}  // namespace weir

#else

namespace weir {

bool has_asymmetric_fences() noexcept {
    return false;
}

void heavy_fence() noexcept {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace weir

#endif
