/// When and how often a failed segment is restarted.
#pragma once

#include <weir/runtime/backoff.hpp>
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
///     p.add("feed", weir::restart{.first = 100ms, .most = 30s, .on_failure = log},
///           [&] { return connect() | p.source("feed") | weir::into(tx); });
struct restart {
    clock::duration first = std::chrono::milliseconds(100);  ///< The wait after the first failure.
    clock::duration most = std::chrono::seconds(30);         ///< The longest wait.
    double factor = 2;  ///< Each wait is this many times the one before.
    double jitter = 0;  ///< A wait is shortened at random by up to this part of it, from 0 to 1, so
                        ///< segments that failed together do not restart together.
    unsigned max_attempts =
        std::numeric_limits<unsigned>::max();  ///< Attempts, the first one included.
    /// An attempt that runs this long ran well: after it, attempts and waits start from the
    /// beginning.
    clock::duration well = std::chrono::minutes(1);
    /// Called on the pipeline's strand; must not block. If it throws, the pipeline fails.
    std::function<void(const restart_notice&)> on_failure = {};
    std::uint64_t seed = 0;  ///< The seed of the jitter; 0 takes a random seed.

    /// The waits. Errors: `std::invalid_argument` for an invalid policy.
    backoff waits() const;
};

}  // namespace weir
