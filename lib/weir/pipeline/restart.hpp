/// When and how often a failed segment is restarted.
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

/// The argument of `restart::on_failure`, which is called before each wait.
struct restart_notice {
    std::string segment;
    unsigned attempt = 1;      ///< The failed attempt, from 1, counted since one ran well.
    clock::duration wait{};    ///< The time until the next attempt.
    std::exception_ptr error;  ///< The attempt's error, as a `pipeline_error`.
};

/// A policy: wait longer after each failure, up to a limit, and give up after some attempts.
///
///     p.add("feed", weir::restart{.first_wait = 100ms, .max_wait = 30s, .on_failure = log},
///           [&] { return connect() | p.source("feed") | weir::into(tx); });
struct restart {
    clock::duration first_wait =
        std::chrono::milliseconds(100);                   ///< The wait after the first failure.
    clock::duration max_wait = std::chrono::seconds(30);  ///< No wait is longer.
    double factor = 2;  ///< Each wait is so many times the one before.
    double jitter = 0;  ///< Up to this part of a wait, from 0 to 1, is left off at random, so that
                        ///< segments that failed together do not come back together.
    unsigned max_attempts =
        std::numeric_limits<unsigned>::max();  ///< Attempts, the first one included.
    /// An attempt that runs this long ran well: after it, attempts and waits start from the
    /// beginning.
    clock::duration well = std::chrono::minutes(1);
    /// Called on the pipeline's strand; must not block. If it throws, the pipeline fails.
    callback<const restart_notice&> on_failure = {};
    std::uint64_t seed = 0;  ///< Decides the jitter; 0 asks the machine for a random one.

    /// The waits. Errors: `std::invalid_argument` for an invalid policy.
    backoff waits() const;
};

}  // namespace weir
