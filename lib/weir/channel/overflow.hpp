/// What a full channel does with one more item.
#pragma once

#include <cstdint>

namespace weir {

/// Given to `mpsc_channel` and `mpmc_channel` after the capacity. What drops counts what it drops:
/// see `dropped()` at either end.
enum class overflow : std::uint8_t {
    wait,         ///< The sender waits for room (backpressure).
    drop_oldest,  ///< The oldest items make room: receivers see the newest. No send waits.
    drop_newest,  ///< The item that comes is dropped: receivers see the oldest. No send waits.
    fail          ///< The send fails with `channel_full`. No send waits.
};

}  // namespace weir
