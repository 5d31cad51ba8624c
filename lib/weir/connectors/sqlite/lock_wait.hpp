/// \file
/// The wait for a lock that another connection holds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace weir::sqlite {

/// Waits between SQLite's attempts at a lock: short at first, then longer, up to a limit.
///
/// `pause` belongs to the connection's thread; `cancel`, `restore` and `cancelled` to any.
class lock_wait {
public:
    explicit lock_wait(std::chrono::milliseconds limit) noexcept : limit_(limit) {}

    /// Waits before attempt `attempt` (from 0, for each lock anew). False: stop trying, because the
    /// limit has passed or the wait was cancelled.
    bool pause(int attempt);

    /// Ends the wait that is on and every one to come, until `restore`.
    void cancel() noexcept;
    void restore() noexcept;
    bool cancelled() const;

    std::chrono::milliseconds limit() const noexcept { return limit_; }

private:
    const std::chrono::milliseconds limit_;
    std::chrono::steady_clock::time_point deadline_{};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool cancelled_ = false;
};

}  // namespace weir::sqlite
