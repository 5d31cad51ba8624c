/// channel_full: why a send that may not wait has failed.
#pragma once

#include <stdexcept>

namespace weir {

/// What a send fails with when there is no room and the channel was made with `overflow::fail`.
class channel_full : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace weir
