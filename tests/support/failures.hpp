/// What fails in tests, by name.
#pragma once

#include <stdexcept>

namespace weir::testing {

/// What a scripted source fails with.
struct source_failure : std::runtime_error {
    source_failure() : std::runtime_error("the source has failed") {}
};

/// What a callable fails with.
struct callable_failure : std::runtime_error {
    callable_failure() : std::runtime_error("bad item") {}
};

}  // namespace weir::testing
