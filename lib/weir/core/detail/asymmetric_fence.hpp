/// Asymmetric fences: two threads that each write and then look at what the other wrote, where one
/// does so often and the other rarely.
#pragma once

#include <atomic>

namespace weir::detail {

/// True where `heavy_fence` works: Linux from 4.14 on, unless a sandbox forbids the system call.
/// Where it does not, only sequentially consistent operations will do.
bool has_asymmetric_fences() noexcept;

/// Between a store and a load of the side that does so often. It costs nothing: no instruction is
/// made for it, the compiler just keeps the two in order.
inline void light_fence() noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

/// Between a store and a load of the side that does so rarely. After it, either this thread's load
/// sees what another stored before its light fence, or that one's load sees what this thread
/// stored. Costs an interrupt on each core that runs this process: some microseconds.
/// Precondition: `has_asymmetric_fences()`. Where the system then refuses it nevertheless, the
/// program is aborted, as a lost wake-up would be worse.
///
/// Source: membarrier(2), MEMBARRIER_CMD_PRIVATE_EXPEDITED; the idea is that of P1202, "Asymmetric
/// fences".
void heavy_fence() noexcept;

}  // namespace weir::detail
