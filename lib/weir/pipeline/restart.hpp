/// When and how often a segment that failed is started again.
#pragma once

#include <weir/runtime/backoff.hpp>
#include <weir/runtime/callback.hpp>
#include <weir/runtime/clock.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <string>

namespace weir {

/// What `restart::on_failure` is told before each wait.
struct restart_notice {
    std::string segment;
    unsigned attempt = 1;    ///< The attempt that failed, from 1; of those since it last ran well.
    clock::duration wait{};  ///< How long until the next one.
    std::exception_ptr error;  ///< What it failed with, as a `pipeline_error`.
};

/// A policy: wait longer after each failure, up to a limit, and give up after so many attempts.
///
///     p.add("feed", weir::restart{.first_wait = 100ms, .max_wait = 30s, .on_failure = log},
///           [&] { return connect() | p.source("feed") | weir::into(tx); });
struct restart {
    clock::duration first_wait =
        std::chrono::milliseconds(100);                   ///< The wait after the first failure.
    clock::duration max_wait = std::chrono::seconds(30);  ///< No wait is longer.
    double factor = 2;  ///< Each wait is so many times the one before.
    double jitter = 0;  ///< Up to this part of a wait, from 0 to 1, is left off at random, so that
                        ///< those who failed together do not come back together.
    unsigned max_attempts =
        std::numeric_limits<unsigned>::max();  ///< Attempts, the first one included.
    /// An attempt that ran so long ran well: after it, attempts and waits begin anew.
    clock::duration well = std::chrono::minutes(1);
    /// Called on the pipeline's strand; must not block. If it throws, the pipeline fails.
    callback<const restart_notice&> on_failure = {};
    std::uint64_t seed = 0;  ///< Decides the jitter; 0 asks the machine for a random one.

    /// Its waits. Errors: `std::invalid_argument` for a policy that makes no sense.
    backoff waits() const;
};

}  // namespace weir
