/// channel_full_error: why a send that may not wait has failed.
#pragma once

#include <weir/core/error.hpp>

#include <stdexcept>

namespace weir {

/// What a send fails with when there is no room and the channel was made with `overflow::fail`.
class channel_full_error : public error {
public:
    using error::error;
};

}  // namespace weir
