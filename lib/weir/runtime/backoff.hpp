/// How long to wait before something that failed is tried again.
#pragma once

#include <weir/runtime/clock.hpp>

#include <chrono>
#include <cstdint>
#include <random>

namespace weir {

/// Waits that grow with each failure, up to a limit.
struct backoff_policy {
    clock::duration first_wait =
        std::chrono::milliseconds(100);                   ///< The wait after the first failure.
    clock::duration max_wait = std::chrono::seconds(30);  ///< No wait is longer.
    double factor = 2;  ///< Each wait is so many times the one before.
    double jitter = 0;  ///< Up to this part of a wait, from 0 to 1, is left off at random, so that
                        ///< callers that failed together do not retry together.
    std::uint64_t seed = 0;  ///< Decides the jitter; 0 asks the machine for a random one.
};

/// The waits of a policy. Not thread-safe.
class backoff {
public:
    /// Errors: `std::invalid_argument` for a policy that makes no sense; `whose` it is (the name of
    /// an operator) is in its text.
    explicit backoff(const backoff_policy& policy, const char* whose = "backoff");

    /// How long to wait now: one wait after the other.
    clock::duration next();
    /// Begins anew.
    void reset() noexcept { wait_ = static_cast<double>(first_.count()); }

    /// How long to wait after so many failures (from 1), whatever `next` has come to: for callers
    /// that share one policy.
    clock::duration after(unsigned failures);

private:
    clock::duration jittered(double full);

    clock::duration first_;
    clock::duration most_;
    double factor_;
    double jitter_;
    double wait_ = 0;  // in ticks of the clock
    std::mt19937_64 dice_;
};

}  // namespace weir
