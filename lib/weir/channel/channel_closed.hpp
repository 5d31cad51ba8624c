/// channel_closed: what a receiver that was promised an item gets when there will be none.
#pragma once

#include <stdexcept>

namespace weir {

/// Nothing will come, or nothing can be sent: the other end of a channel is gone. The text says
/// which kind of channel, and which end.
class channel_closed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir
