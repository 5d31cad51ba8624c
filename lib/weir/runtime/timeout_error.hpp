/// timeout_error: what a time limit throws.
#pragma once

#include <weir/core/error.hpp>
#include <weir/runtime/clock.hpp>

#include <string>

namespace weir {

/// Something took longer than it was allowed to.
class timeout_error : public error {
public:
    timeout_error(const std::string& what, clock::duration limit);
};

}  // namespace weir
