/// channel_closed_error: what a receiver that was promised an item gets when there will be none.
#pragma once

#include <weir/core/error.hpp>

#include <stdexcept>

namespace weir {

/// Nothing will come, or nothing can be sent: the other end of a channel is gone. The text says
/// which kind of channel, and which end.
class channel_closed_error : public error {
public:
    using error::error;
};

}  // namespace weir
