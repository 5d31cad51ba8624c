/// What fails in tests, by name.
#pragma once

#include <weir/testing/script.hpp>

#include <stdexcept>

namespace weir::testing {

/// What a callable fails with. (A script fails with `source_error`.)
struct callable_failure : std::runtime_error {
    callable_failure() : std::runtime_error("bad item") {}
};

}  // namespace weir::testing
