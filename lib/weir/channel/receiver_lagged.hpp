/// receiver_lagged_error: what a receiver gets that a broadcast has cut off.
#pragma once

#include <weir/core/error.hpp>

namespace weir {

/// What a receiver of a broadcast throws once it was cut off (`overflow::disconnect`).
class receiver_lagged_error : public error {
public:
    receiver_lagged_error() : error("weir::broadcast: this receiver was too slow") {}
};

}  // namespace weir
